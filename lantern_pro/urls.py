"""Both faces in one server, as on a developer's machine."""

from django.http import HttpRequest, HttpResponse

from lantern_pro import urls_admin, urls_client
from lantern_pro.api.envelope import unknown_endpoint
from lantern_pro.backoffice.pages import not_found

handler500 = urls_client.handler500

urlpatterns = urls_client.urlpatterns + urls_admin.urlpatterns


def handler404(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer as the face does that was asked."""
    answer = not_found if request.path.startswith("/admin/") else unknown_endpoint
    return answer(request, exception)
