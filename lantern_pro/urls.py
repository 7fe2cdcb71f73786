"""Both faces in one server, as on a developer's machine."""

from lantern_pro import urls_admin, urls_client

handler404 = urls_client.handler404
handler500 = urls_client.handler500

urlpatterns = urls_client.urlpatterns + urls_admin.urlpatterns
