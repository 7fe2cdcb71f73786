"""Whether this server can do its work."""

from django.http import HttpRequest, JsonResponse
from redis.exceptions import RedisError

from lantern_pro.store.client import text_client


def healthz(request: HttpRequest) -> JsonResponse:
    """200 when Redis answers, else 503."""
    del request
    try:
        text_client().ping()
    except RedisError:
        return JsonResponse({"status": "error", "errorId": "redis-unreachable"}, status=503)
    return JsonResponse({"status": "ok"})
