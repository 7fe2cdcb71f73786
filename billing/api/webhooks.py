"""``/webhooks/stripe``: Stripe speaks here, not a client; statuses are proper ones."""

from django.http import HttpRequest, JsonResponse
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from billing.errors import ForgedWebhook
from billing.services.webhooks import receive_stripe_event
from lantern_pro.api.envelope import failure


@csrf_exempt
@require_POST
def stripe_webhook(request: HttpRequest) -> JsonResponse:
    """Take an event in and acknowledge it; 400 for what Stripe did not sign."""
    try:
        used = receive_stripe_event(request.body, request.headers.get("Stripe-Signature", ""))
    except ForgedWebhook as forged:
        return JsonResponse(failure(forged), status=400)
    return JsonResponse({"status": "ok", "used": used})
