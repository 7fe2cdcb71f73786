"""The face for client apps, for Stripe and for Mandrill."""

from django.urls import path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerView

from accounts.api.addresses import UserEmailConfirm, UserUpdate
from accounts.api.devices import DeviceAdd, MigrateDeviceId, UserLinkRemove
from accounts.api.link_codes import LinkCodeApprove, LinkCodeRedeem, LinkCodeRequest
from accounts.api.privacy import UserDelete, UserExport
from accounts.api.recovery import RecoveryWords, UserRecoverWords
from accounts.api.recovery_by_mail import (
    EmailExists,
    UserEmailRequest,
    UserLinkConfigure,
    UserLinkRequest,
    UserLinkValidate,
    UserRecover,
)
from accounts.api.tokens import TokenReset
from accounts.api.users import UserConfirm, UserCreate, UserData
from accounts.api.webhooks import MandrillWebhook
from billing.api.charges import ChargeById, ReceiptSend, UserCharges
from billing.api.plans import Plans, PlansV3, PlansV4, PlansV5, UserPaymentGateway
from billing.api.purchases import Purchase
from billing.api.recovery import RestorePurchase, UserRecoverReceipt
from billing.api.redirects import PaymentRedirect, payment_returned
from billing.api.subscriptions import (
    StripeBillingPortal,
    StripeSubscription,
    SubscriptionPaymentRedirect,
    SubscriptionUpdate,
)
from billing.api.webhooks import StripeWebhook
from configsrv.api.config_mail import ConfigMail
from lantern_pro.api.health import healthz
from referrals.api.referrals import ReferralAttach, ReferralAttachV2

handler404 = "lantern_pro.api.envelope.unknown_endpoint"
handler500 = "lantern_pro.api.envelope.broken"

urlpatterns = [
    path("user-create", UserCreate.as_view()),
    path("user-confirm", UserConfirm.as_view()),
    path("user-data", UserData.as_view()),
    path("device-add", DeviceAdd.as_view()),
    path("user-link-remove", UserLinkRemove.as_view()),
    path("migrate-device-id", MigrateDeviceId.as_view()),
    path("user-update", UserUpdate.as_view()),
    path("user-email-confirm", UserEmailConfirm.as_view()),
    path("email-exists", EmailExists.as_view()),
    path("user-link-configure", UserLinkConfigure.as_view()),
    path("user-link-request", UserLinkRequest.as_view()),
    path("user-email-request", UserEmailRequest.as_view()),
    path("user-link-validate", UserLinkValidate.as_view()),
    path("user-recover", UserRecover.as_view()),
    path("link-code-request", LinkCodeRequest.as_view()),
    path("link-code-approve", LinkCodeApprove.as_view()),
    path("link-code-redeem", LinkCodeRedeem.as_view()),
    path("token-reset", TokenReset.as_view()),
    path("recovery-words", RecoveryWords.as_view()),
    path("user-recover-words", UserRecoverWords.as_view()),
    path("user-recover-receipt", UserRecoverReceipt.as_view()),
    path("restore-purchase", RestorePurchase.as_view()),
    path("user-export", UserExport.as_view()),
    path("user-delete", UserDelete.as_view()),
    path("plans", Plans.as_view()),
    path("plans-v3", PlansV3.as_view()),
    path("plans-v4", PlansV4.as_view()),
    path("plans-v5", PlansV5.as_view()),
    path("user-payment-gateway", UserPaymentGateway.as_view()),
    path("purchase", Purchase.as_view()),
    path("payment-redirect", PaymentRedirect.as_view()),
    path("subscription-payment-redirect", SubscriptionPaymentRedirect.as_view()),
    path("stripe-subscription", StripeSubscription.as_view()),
    path("stripe-billing-portal", StripeBillingPortal.as_view()),
    path("subscription-update", SubscriptionUpdate.as_view()),
    path("payment-returned", payment_returned),
    path("user-charges", UserCharges.as_view()),
    path("charge-by-id", ChargeById.as_view()),
    path("receipt-send", ReceiptSend.as_view()),
    path("user-config-mail", ConfigMail.as_view()),
    path("referral-attach", ReferralAttach.as_view()),
    path("referral-attach-v2", ReferralAttachV2.as_view()),
    path("webhooks/mandrill", MandrillWebhook.as_view()),
    path("webhooks/stripe", StripeWebhook.as_view()),
    path("healthz", healthz),
    path("api/schema", SpectacularAPIView.as_view(), name="schema"),
    path("api/docs", SpectacularSwaggerView.as_view(url_name="schema")),
]
