"""The API's routes, and one to a view that does nothing."""

from django.urls import path
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lantern_pro import urls_client


class Empty(APIView):
    """Answers the envelope of a success, under the same settings as every other view."""

    def get(self, request: Request) -> Response:
        """Answer at once."""
        del request
        return Response({"status": "ok"})


urlpatterns = [*urls_client.urlpatterns, path("empty", Empty.as_view())]
