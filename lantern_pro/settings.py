"""Every setting, from the environment. ``.env.example`` lists the variables and what they mean.

With ``LANTERN_DEVELOPMENT=yes`` the secrets have fixed defaults, which are public: never use it
for real people. Otherwise a missing secret stops the start with a message that names it.
"""

from pathlib import Path

from lantern_pro import environment as env
from lantern_pro.backoffice.appearance import UNFOLD as BACKOFFICE_APPEARANCE

BASE_DIR = Path(__file__).resolve().parent.parent
DEVELOPMENT = env.flag("LANTERN_DEVELOPMENT", default=False)


def _only_in_development(value: str) -> str | None:
    return value if DEVELOPMENT else None


# --- Django ---------------------------------------------------------------------------------------
DEBUG = False
SECRET_KEY = env.secret(
    "LANTERN_SECRET_KEY", _only_in_development("development-only-" + 32 * "0")
).decode()
ALLOWED_HOSTS = env.words("LANTERN_HOSTS", "*" if DEVELOPMENT else "")
CSRF_TRUSTED_ORIGINS = env.words("LANTERN_ADMIN_ORIGINS")
ROOT_URLCONF = {
    "all": "lantern_pro.urls",
    "client": "lantern_pro.urls_client",
    "admin": "lantern_pro.urls_admin",
}[env.text("LANTERN_ROLE", "all")]
WSGI_APPLICATION = "lantern_pro.wsgi.application"
APPEND_SLASH = False
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"
LANGUAGE_CODE = "en"
TIME_ZONE = "UTC"
USE_TZ = True
USE_I18N = True
LOCALE_PATHS = [BASE_DIR / "locale"]  # the words of mails; docs/mail.md
FORMAT_MODULE_PATH = "lantern_pro.backoffice.formats"
STATIC_URL = "/static/"
STATIC_ROOT = Path(env.text("LANTERN_STATIC_DIR", str(BASE_DIR / "var" / "static")))

INSTALLED_APPS = [
    "lantern_pro.store",
    "lantern_pro.jobs",
    "lantern_pro.api",
    "lantern_pro.mail",
    "lantern_pro.backoffice",
    "accounts",
    "referrals",
    "proxies",
    "billing",
    "configsrv",
    "lantern_pro.support",
    "unfold",
    "django.contrib.admin",
    "django.contrib.auth",
    "django.contrib.contenttypes",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "rest_framework",
    "drf_spectacular",
    "drf_spectacular_sidecar",
]
MIDDLEWARE = [
    "django.middleware.security.SecurityMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "django.contrib.auth.middleware.AuthenticationMiddleware",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
]
TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "DIRS": [BASE_DIR / "lantern_pro" / "backoffice" / "templates"],
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.contrib.auth.context_processors.auth",
                "django.contrib.messages.context_processors.messages",
            ]
        },
    }
]

# --- Redis: the only database ---------------------------------------------------------------------
REDIS_URL = env.text("REDIS_URL", _only_in_development("redis://127.0.0.1:6379/0"))
# What is no truth (sessions, caches, the broker's messages) may live on another Redis.
VOLATILE_REDIS_URL = env.text("LANTERN_VOLATILE_REDIS_URL", REDIS_URL)
CELLS = env.number("LANTERN_CELLS", 1, least=1, most=1024)
DATABASES = {"default": {"ENGINE": "lantern_pro.store.backend", "NAME": "redis"}}
CACHES = {
    "default": {
        "BACKEND": "django_redis.cache.RedisCache",
        "LOCATION": VOLATILE_REDIS_URL,
        "KEY_PREFIX": "cache",
    }
}
SESSION_ENGINE = "django.contrib.sessions.backends.cache"
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = not DEVELOPMENT
_PASSWORDS = "django.contrib.auth.password_validation"
AUTH_PASSWORD_VALIDATORS = [
    {"NAME": f"{_PASSWORDS}.MinimumLengthValidator", "OPTIONS": {"min_length": 12}},
    {"NAME": f"{_PASSWORDS}.CommonPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.NumericPasswordValidator"},
    {"NAME": f"{_PASSWORDS}.UserAttributeSimilarityValidator"},
]
# "no-referrer" would make browsers send `Origin: null` with every form, which CSRF checks refuse.
SECURE_REFERRER_POLICY = "same-origin"

# --- Jobs: Celery only wakes workers; the truth of a job is in the ledger -------------------------
CELERY_BROKER_URL = env.text("LANTERN_BROKER_URL", VOLATILE_REDIS_URL)
CELERY_BROKER_CONNECTION_RETRY_ON_STARTUP = True
CELERY_BROKER_CONNECTION_MAX_RETRIES = None  # workers do without it meanwhile
CELERY_BROKER_TRANSPORT_OPTIONS = {"socket_timeout": 5, "socket_connect_timeout": 2}
CELERY_TASK_IGNORE_RESULT = True
CELERY_WORKER_POOL = "solo"  # Celery's only task sets an event; jobs have threads of their own
CELERY_WORKER_HIJACK_ROOT_LOGGER = False
FLOWS = "lantern_pro.flows.FLOWS"
# A job that stands still is noticed within 30 s, so a lease must be well below that.
JOB_LEASE_MS = env.number("LANTERN_JOB_LEASE_MS", 15_000, least=500, most=20_000)
JOB_SWEEP_SECONDS = env.number("LANTERN_JOB_SWEEP_SECONDS", 2, least=1, most=60)
JOB_THREADS = env.counts("LANTERN_JOB_THREADS", "prompt:3,vendor:2,mail:1,bulk:1")
JOB_RETENTION_DAYS = env.number("LANTERN_JOB_RETENTION_DAYS", 30, least=2, most=3_650)
# How many calls may wait for their jobs at once; fewer than a server has threads.
WAITING_SEATS = env.number("LANTERN_WAITING_SEATS", 24, least=1, most=1_000)

# --- Secrets of the domain ------------------------------------------------------------------------
_KEY_1 = "dev:" + 43 * "A" + "="
TOKEN_KEYS = env.key_ring("LANTERN_TOKEN_KEYS", _only_in_development(_KEY_1))
PERSONAL_KEYS = env.key_ring("LANTERN_PERSONAL_KEYS", _only_in_development(_KEY_1))
PASS_KEYS = env.key_ring("LANTERN_PASS_KEYS", _only_in_development(_KEY_1))
PASS_HOURS = env.number("LANTERN_PASS_HOURS", 24, least=1, most=168)
LOOKUP_SECRET = env.secret(
    "LANTERN_LOOKUP_SECRET", _only_in_development("development-only-lookup-" + 32 * "0")
)
PLACEMENT_SECRET = env.secret(
    "LANTERN_PLACEMENT_SECRET", _only_in_development("development-only-placement-" + 32 * "0")
)
# What http-proxies put before the true address of a client that came through them.
PROXY_FORWARD_SECRET = env.secret(
    "LANTERN_PROXY_FORWARD_SECRET", _only_in_development("development-only-forward-" + 32 * "0")
).decode()

# --- Stripe and Mandrill --------------------------------------------------------------------------
STRIPE_SECRET_KEY = env.text("STRIPE_SECRET_KEY", _only_in_development("sk_test_development"))
STRIPE_PUBLISHABLE_KEY = env.text(
    "STRIPE_PUBLISHABLE_KEY", _only_in_development("pk_test_development")
)
STRIPE_WEBHOOK_SECRET = env.text("STRIPE_WEBHOOK_SECRET", _only_in_development("whsec_development"))
STRIPE_API_BASE = env.text("STRIPE_API_BASE", "https://api.stripe.com")
STRIPE_ICONS = env.words("LANTERN_STRIPE_ICONS")
# Where a browser goes that comes back from a page of Stripe's.
PAYMENT_RETURN_URL = env.text(
    "LANTERN_PAYMENT_RETURN_URL", _only_in_development("http://127.0.0.1:8000/payment-returned")
)
MANDRILL_API_KEY = env.text("MANDRILL_API_KEY", _only_in_development("development"))
MANDRILL_API_BASE = env.text("MANDRILL_API_BASE", "https://mandrillapp.com/api/1.0/")
# From Mandrill's settings of the webhook; the address exactly as it is entered there.
MANDRILL_WEBHOOK_KEYS = env.words("MANDRILL_WEBHOOK_KEY", "development" if DEVELOPMENT else "")
MANDRILL_WEBHOOK_URL = env.text(
    "MANDRILL_WEBHOOK_URL", "http://127.0.0.1:8000/webhooks/mandrill" if DEVELOPMENT else ""
)
# The second sender, for when Mandrill refuses our mails or is away; none without a host.
EMAIL_HOST = env.text("LANTERN_SMTP_HOST", "")
EMAIL_PORT = env.number("LANTERN_SMTP_PORT", 587, least=1, most=65_535)
EMAIL_HOST_USER = env.text("LANTERN_SMTP_USER", "")
EMAIL_HOST_PASSWORD = env.text("LANTERN_SMTP_PASSWORD", "")
EMAIL_USE_TLS, EMAIL_USE_SSL = {
    "starttls": (True, False),
    "tls": (False, True),
    "none": (False, False),
}[env.choice("LANTERN_SMTP_SECURITY", "starttls", ("starttls", "tls", "none"))]
EMAIL_TIMEOUT = 10
MAIL_PATIENCE_SECONDS = env.number("LANTERN_MAIL_PATIENCE_SECONDS", 120, least=1, most=86_400)
# Whether Pro users may ask for their configuration by mail: docs/mail.md says what it risks.
CONFIG_MAIL = env.flag("LANTERN_CONFIG_MAIL", default=False)
MAIL_INDEXED_SECONDS = env.number("LANTERN_MAIL_INDEXED_SECONDS", 60, least=1, most=3_600)
MAIL_FROM = env.text("LANTERN_MAIL_FROM", "Lantern Pro <pro@example.org>")

# --- Rules that operators may turn ----------------------------------------------------------------
UNCONFIRMED_DAYS = env.number("LANTERN_UNCONFIRMED_DAYS", 30, least=1, most=3_650)
RECOVERY_WAYS = env.words("LANTERN_RECOVERY_WAYS", "mail,words,receipt")
# How long Pro time is lent for while a subscription's renewal is not paid.
GRACE_DAYS = env.number("LANTERN_GRACE_DAYS", 7, least=1, most=60)
DEVICE_LIMIT = env.number("LANTERN_DEVICE_LIMIT", 3, least=1, most=100)
PROXIES_PER_PRO_USER = env.number("LANTERN_PROXIES_PER_PRO_USER", 2, least=1, most=10)
# In how many moves a day a user leaves proxies that would serve them still: draining, or to be
# rotated. Moves off proxies that serve nobody any more are not limited.
MOVES_PER_DAY = env.number("LANTERN_MOVES_PER_DAY", 2, least=0, most=100)
PROXY_SUSPECT_SECONDS = env.number("LANTERN_PROXY_SUSPECT_SECONDS", 45, least=5, most=86_400)
PROXY_DOWN_SECONDS = env.number("LANTERN_PROXY_DOWN_SECONDS", 120, least=10, most=86_400)
PROXY_MOST_DOWN_PERCENT = env.number("LANTERN_PROXY_MOST_DOWN_PERCENT", 50, least=1, most=100)
# Keys for proxies of 2016, with Pro tokens in clear: docs/bridge-2016.md says what it risks.
BRIDGE_2016 = env.flag("LANTERN_BRIDGE_2016", default=False)
BRIDGE_2016_REDIS_URL = env.text("LANTERN_BRIDGE_2016_REDIS_URL", REDIS_URL)
BRIDGE_2016_DEVICES = env.choice("LANTERN_BRIDGE_2016_DEVICES", "none", ("none", "set", "hash"))
ROTATE_AFTER_DAYS = env.number("LANTERN_ROTATE_AFTER_DAYS", 30, least=0, most=3_650)
FREE_BUCKETS = env.number("LANTERN_FREE_BUCKETS", 64, least=1, most=65_536)
FREE_PROXIES_PER_BUCKET = env.number("LANTERN_FREE_PROXIES_PER_BUCKET", 2, least=1, most=10)
FREE_IPV4_PREFIX = env.number("LANTERN_FREE_IPV4_PREFIX", 20, least=16, most=24)
FREE_IPV6_PREFIX = env.number("LANTERN_FREE_IPV6_PREFIX", 32, least=32, most=48)
CONFIG_POLL_SECONDS = env.number("LANTERN_CONFIG_POLL_SECONDS", 60, least=2, most=86_400)

# --- How often calls may be made (lantern_pro/api/limits.py) --------------------------------------
CALLS_PER_MINUTE = env.number("LANTERN_CALLS_PER_MINUTE", 120, least=1)
SIGN_UPS_PER_HOUR = env.number("LANTERN_SIGN_UPS_PER_HOUR", 72_000, least=1)
SIGN_UPS_PER_NETWORK = env.number("LANTERN_SIGN_UPS_PER_NETWORK", 600, least=1)
GUESSES_PER_HOUR = env.number("LANTERN_GUESSES_PER_HOUR", 20, least=1)
RECEIPT_GUESSES_PER_WEEK = env.number("LANTERN_RECEIPT_GUESSES_PER_WEEK", 5, least=1)
PAYMENTS_PER_HOUR = env.number("LANTERN_PAYMENTS_PER_HOUR", 20, least=1)
MAILS_PER_HOUR = env.number("LANTERN_MAILS_PER_HOUR", 10, least=1)
LOGINS_PER_HOUR = env.number("LANTERN_LOGINS_PER_HOUR", 10, least=1)

# --- The API --------------------------------------------------------------------------------------
REST_FRAMEWORK = {
    "DEFAULT_AUTHENTICATION_CLASSES": [],
    "DEFAULT_PERMISSION_CLASSES": [],
    "UNAUTHENTICATED_USER": None,
    "DEFAULT_RENDERER_CLASSES": ["lantern_pro.api.envelope.EnvelopeRenderer"],
    "DEFAULT_PARSER_CLASSES": [
        "lantern_pro.api.parsing.FormParser",
        "lantern_pro.api.parsing.JsonParser",
        "lantern_pro.api.parsing.AnyParser",
    ],
    "DEFAULT_CONTENT_NEGOTIATION_CLASS": "lantern_pro.api.envelope.AlwaysJson",
    "EXCEPTION_HANDLER": "lantern_pro.api.envelope.answer_exception",
    "DEFAULT_SCHEMA_CLASS": "drf_spectacular.openapi.AutoSchema",
}
SPECTACULAR_SETTINGS = {
    "TITLE": "Lantern Pro",
    "DESCRIPTION": "The API that client apps call. docs/api.md tells the rules of the road.",
    "VERSION": "0.1.0",
    "SERVE_INCLUDE_SCHEMA": False,
    "SWAGGER_UI_DIST": "SIDECAR",
    "SWAGGER_UI_FAVICON_HREF": "SIDECAR",
    "SERVE_PUBLIC": True,
    "POSTPROCESSING_HOOKS": [],  # none of its enums is worth a name of its own
}

UNFOLD = {**BACKOFFICE_APPEARANCE, "LOGIN": {"form": "lantern_pro.support.login.LoginForm"}}

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {
        "line": {"format": "%(asctime)s %(levelname)s %(name)s: %(message)s"},
    },
    "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
    "loggers": {
        # They write every request at INFO: noise, and more than a log should hold.
        "stripe": {"level": "WARNING"},
        "mandrill": {"level": "WARNING", "handlers": [], "propagate": False},
    },
    "root": {"handlers": ["stderr"], "level": env.text("LANTERN_LOG_LEVEL", "INFO")},
}
