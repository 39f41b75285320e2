"""Settings: what the environment says, and the defaults of a single machine."""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

from yilu.site.starting import kept_secret

ROOT = Path(os.environ.get("YILU_ROOT", Path(__file__).resolve().parents[3]))
VAR = Path(os.environ.get("YILU_VAR", ROOT / "var"))
"""What lives on this machine and must be kept: uploads, keys, the local database."""
BUILD = ROOT / "build"
"""What can be made again."""

DEMO = os.environ.get("YILU_DEMO") == "1"
"""The demo insurer: codes are shown on the outbox screen, outside systems are sandboxes."""
DEBUG = os.environ.get("YILU_DEBUG") == "1"


def _secret(name: str) -> str:
    """A secret from the environment, or one made once and kept on this machine."""
    if given := os.environ.get(name):
        return given
    return kept_secret(VAR / "secrets", name.lower())


SECRET_KEY = _secret("YILU_SECRET_KEY")
SEALING_KEY = _secret("YILU_SEALING_KEY")
"""From which the keys that seal personal data at rest are derived; see docs/operating.md."""
SEALING_CIPHER = os.environ.get("YILU_SEALING_CIPHER", "AES-GCM")
"""AES-GCM, or SM4-GCM where commercial cryptography of the state is asked for (商密)."""
LOG_ORIGIN = os.environ.get("YILU_LOG_ORIGIN", "yilu.example/evidence")
"""The name of this insurer's evidence log in its signed checkpoints."""
LOG_KEY = _secret("YILU_LOG_KEY")
"""From which the evidence log's signing key is derived; see docs/operating.md to change it."""
LOG_OLD_KEYS = os.environ.get("YILU_LOG_OLD_KEYS", "").split()
"""Verifier keys that signed earlier checkpoints."""
HOTLINE = os.environ.get("YILU_HOTLINE", "400-000-0000")
"""The service telephone that every page names (fictional until the insurer sets its own)."""
INSURER_NAME = os.environ.get("YILU_INSURER_NAME", "一路人寿保险股份有限公司")
"""The insurer as letters name it; messages are signed with ``INSURER_SHORT_NAME``."""
INSURER_SHORT_NAME = os.environ.get("YILU_INSURER_SHORT_NAME", "一路人寿")
PUBLIC_URL = os.environ.get("YILU_PUBLIC_URL", "http://127.0.0.1:8000")
NEWS_URL = os.environ.get("YILU_NEWS_URL", "")
"""Where browsers reach the push process (`yilu push`), `/push` behind one proxy; empty: pages look by themselves."""
VIDEO_STUN = os.environ.get("YILU_VIDEO_STUN", "").split()
"""STUN servers that browsers of a video session may ask, by spaces: `stun:turn.example:3478`; empty: none."""
VIDEO_TURN = os.environ.get("YILU_VIDEO_TURN", "").split()
VIDEO_TURN_SECRET = os.environ.get("YILU_VIDEO_TURN_SECRET", "")
"""TURN servers (coturn) and the secret shared with them (`static-auth-secret`), for credentials of four hours."""
PHRASER_URL = os.environ.get("YILU_PHRASER_URL", "")
"""An OpenAI-compatible service that may say approved answers in other words (`…/v1`); empty: none does."""
PHRASER_KEY = os.environ.get("YILU_PHRASER_KEY", "")
PHRASER_MODEL = os.environ.get("YILU_PHRASER_MODEL", "")
PROXIES = int(os.environ.get("YILU_PROXIES", "0"))
"""How many proxies of ours stand before the web process, adding to X-Forwarded-For."""
ALLOWED_HOSTS = os.environ.get("YILU_HOSTS", "127.0.0.1,localhost,testserver").split(",")
CSRF_TRUSTED_ORIGINS = [PUBLIC_URL]
SECURE = PUBLIC_URL.startswith("https://")
SESSION_COOKIE_SECURE = CSRF_COOKIE_SECURE = SECURE
SESSION_COOKIE_HTTPONLY = True
SESSION_COOKIE_SAMESITE = "Lax"
SESSION_COOKIE_NAME = "yilu_session"
SESSION_COOKIE_AGE = 12 * 3600
SECURE_CONTENT_TYPE_NOSNIFF = True
SECURE_REFERRER_POLICY = "same-origin"
X_FRAME_OPTIONS = "DENY"
CSRF_FAILURE_VIEW = "yilu.web.common.errors.csrf_failed"
REQUEST_BYTES_MAX = 64 * 1024 * 1024
"""What no form of ours exceeds: twenty photographs and their fields."""

ROOT_URLCONF = "yilu.site.urls"
WSGI_APPLICATION = "yilu.site.wsgi.application"

ROOMS = [
    "journal",
    "people",
    "products",
    "standards",
    "work",
    "messaging",
    "payments",
    "documents",
    "letters",
    "risk",
    "knowledge",
    "retention",
    "video",
    "obligations",
    "policies",
    "claims",
    "catastrophe",
    "care",
    "underwriting",
    "servicing",
    "renewals",
    "complaints",
    "contact",
    "direct_billing",
    "audit",
    "insight",
    "journeys",
    "voice",
    "quality",
    "scorecards",
]
DOORS = ["common", "customer", "counter", "staff", "public", "api", "hooks", "console"]

INSTALLED_APPS = [
    "django.contrib.contenttypes",  # pghistory and pgtrigger need it
    "django.contrib.auth",
    "django.contrib.sessions",
    "django.contrib.messages",
    "django.contrib.staticfiles",
    "django.contrib.humanize",
    "pgtrigger",
    "pghistory",
    "procrastinate.contrib.django",
    *(f"yilu.{name}" for name in ROOMS),
    *(f"yilu.web.{name}" for name in DOORS),
]

MIDDLEWARE = [
    "yilu.web.common.headers.RefuseTooLarge",
    "yilu.web.common.headers.OnlyOurOwn",
    "django.middleware.security.SecurityMiddleware",
    "whitenoise.middleware.WhiteNoiseMiddleware",
    "django.contrib.sessions.middleware.SessionMiddleware",
    "django.middleware.locale.LocaleMiddleware",
    "django.middleware.common.CommonMiddleware",
    "django.middleware.csrf.CsrfViewMiddleware",
    "yilu.web.common.headers.RefuseImpossible",
    "django.contrib.messages.middleware.MessageMiddleware",
    "django.middleware.clickjacking.XFrameOptionsMiddleware",
    "yilu.web.common.middleware.WhoIsAsking",
    "yilu.web.common.middleware.SayRefusals",
]

TEMPLATES = [
    {
        "BACKEND": "django.template.backends.django.DjangoTemplates",
        "APP_DIRS": True,
        "OPTIONS": {
            "context_processors": [
                "django.template.context_processors.request",
                "django.template.context_processors.i18n",
                "django.contrib.messages.context_processors.messages",
                "yilu.web.common.context.page",
            ]
        },
    }
]


def _database() -> dict[str, object]:
    url = os.environ.get("DATABASE_URL")
    if not url:
        # Management commands that touch no database still need to load the settings.
        return {"ENGINE": "django.db.backends.postgresql", "NAME": "no-DATABASE_URL-given"}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise ImproperlyConfigured("DATABASE_URL must name a PostgreSQL server: postgresql://…")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": parts.path.lstrip("/"),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": parts.hostname or "",
        "PORT": str(parts.port or ""),
        # A SCRAM connection costs more than a page: keep it.
        "CONN_MAX_AGE": None,
        "CONN_HEALTH_CHECKS": True,
        # Statements sent a few times are prepared: the server plans them once per connection.
        "OPTIONS": {
            "server_side_binding": True,
            "prepare_threshold": 4 if os.environ.get("YILU_PREPARE", "1") == "1" else None,
            "application_name": "yilu",
        },
        "TEST": {"NAME": os.environ.get("YILU_TEST_DATABASE", "test_yilu")},
    }


DATABASES = {"default": _database()}
DEFAULT_AUTO_FIELD = "django.db.models.BigAutoField"

PASSWORD_HASHERS = (
    ["django.contrib.auth.hashers.MD5PasswordHasher"]  # a test's password need not be hard to guess
    if "PYTEST_VERSION" in os.environ
    else [
        "django.contrib.auth.hashers.ScryptPasswordHasher",
        "django.contrib.auth.hashers.PBKDF2PasswordHasher",
    ]
)
AUTH_PASSWORD_VALIDATORS = [
    {
        "NAME": "django.contrib.auth.password_validation.MinimumLengthValidator",
        "OPTIONS": {"min_length": 10},
    },
    {"NAME": "django.contrib.auth.password_validation.CommonPasswordValidator"},
    {"NAME": "django.contrib.auth.password_validation.NumericPasswordValidator"},
]

USE_TZ = True
TIME_ZONE = "Asia/Shanghai"
"""The zone screens show where an office names none; the database keeps UTC."""
LANGUAGE_CODE = "zh-hans"
LANGUAGES = [("zh-hans", "简体中文"), ("en", "English")]
LOCALE_PATHS = [Path(__file__).resolve().parents[1] / "locale"]
USE_I18N = True

STATIC_URL = "static/"
STATIC_ROOT = BUILD / "static"
STATICFILES_DIRS = [("vendor", BUILD / "vendor")] if (BUILD / "vendor").is_dir() else []
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {
        "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
        if DEBUG or os.environ.get("YILU_TEST_DATABASE") or "PYTEST_VERSION" in os.environ
        else "whitenoise.storage.CompressedManifestStaticFilesStorage"
    },
}
WHITENOISE_USE_FINDERS = True
FILES = VAR / "files"
"""Where uploads and issued letters are kept, sealed."""

DATA_UPLOAD_MAX_MEMORY_SIZE = 2 * 1024 * 1024
FILE_UPLOAD_MAX_MEMORY_SIZE = 1024 * 1024
DATA_UPLOAD_MAX_NUMBER_FIELDS = 500
DATA_UPLOAD_MAX_NUMBER_FILES = 20

BANK_URL = os.environ.get("YILU_BANK_URL", "")
"""Where the bank's payment interface answers; empty: payouts wait. `sandbox_bank` plays one."""
BANK_SECRET = os.environ.get("YILU_BANK_SECRET", "")
"""Signs what we send to the bank and what it sends to us (HMAC-SHA256)."""
BANK_FILES = os.environ.get("YILU_BANK_FILES", "")
"""Which payments go to the bank in ISO 20022 files: empty none, `all`, or from this amount in yuan on."""
BANK_FILES_FOUR_EYES = os.environ.get("YILU_BANK_FILES_FOUR_EYES", "100000")
"""From which total in yuan on a second person releases a payment file."""
BANK_ACCOUNT = os.environ.get("YILU_BANK_ACCOUNT", "1001244309200123456|ICBC")
"""Our account that claims are paid from: number and bank; the holder is INSURER_NAME."""
SMTP_URL = os.environ.get("YILU_SMTP_URL", "")
"""A mail server, smtp://user:password@host:port (smtps:// for TLS); empty: no e-mail is sent."""
SMS_URL = os.environ.get("YILU_SMS_URL", "")
"""Gateways for text messages in the order to try them, by spaces; empty: no text messages. See docs/messaging.md."""
WECHAT_URL = os.environ.get("YILU_WECHAT_URL", "")
WECHAT_TOKEN = os.environ.get("YILU_WECHAT_TOKEN", "")
WECHAT_AES_KEY = os.environ.get("YILU_WECHAT_AES_KEY", "")
"""The official account: its interface, and the token and 43-letter key that its callbacks are checked with."""
WECOM_URL = os.environ.get("YILU_WECOM_URL", "")
PUSH_URL = os.environ.get("YILU_PUSH_URL", "")
FAX_DOMAIN = os.environ.get("YILU_FAX_DOMAIN", "")
"""The mail domain of a fax provider: a fax goes to <number>@<domain>; needs a mail server."""
SMS_HOOK_SECRET = os.environ.get("YILU_SMS_HOOK_SECRET", "")
"""Signs the receipts and replies that clouds post to /hooks/sms: HMAC-SHA256 over time and body."""
CALLS_URL = os.environ.get("YILU_CALLS_URL", "")
CALLS_SECRET = os.environ.get("YILU_CALLS_SECRET", "")
"""The exchange: where it takes verbs, and the secret (24 signs or more) that signs both ways. Empty: no such calls."""
CALL_PAGE = os.environ.get("YILU_CALL_PAGE", "1" if DEMO else "") == "1"
"""Whether anybody may call the hotline from the page /call (the driver `web`: keys and words; sound with a switch)."""
SWITCH_URL = os.environ.get("YILU_SWITCH_URL", "")
SWITCH_SECRET = os.environ.get("YILU_SWITCH_SECRET", "")
"""Our own telephone switch (`yilu switch`): where it is asked, and the secret (24 signs or more) that signs it."""
SWITCH_SIP = os.environ.get("YILU_SWITCH_SIP", "127.0.0.1:5060")
SWITCH_PEERS = os.environ.get("YILU_SWITCH_PEERS", "").split()
"""Where the switch takes calls by SIP, and which networks may call it; needed wherever others can reach it."""
SWITCH_PHONES = os.environ.get("YILU_SWITCH_PHONES", "").split()
SWITCH_TLS = os.environ.get("YILU_SWITCH_TLS", "")
SWITCH_TLS_CERT = os.environ.get("YILU_SWITCH_TLS_CERT", "")
"""The networks seats' desk telephones register from, and where SIP over TLS is taken, with the file of its certificate and key."""
SWITCH_MEDIA = os.environ.get("YILU_SWITCH_MEDIA", "127.0.0.1").split()
SWITCH_PUBLIC = os.environ.get("YILU_SWITCH_PUBLIC", "")
"""The addresses it offers to browsers, and the one that telephones see where an address is translated (NAT)."""
EXCHANGE_URL = os.environ.get("YILU_EXCHANGE_URL", "")
EXCHANGE_SECRET = os.environ.get("YILU_EXCHANGE_SECRET", "")
"""The process that holds an exchange (`yilu exchange`): where it is asked, and the secret (24 signs or more) that signs it."""
EXCHANGE_SEATS = os.environ.get("YILU_EXCHANGE_SEATS", "")
EXCHANGE_TRANSFER = os.environ.get("YILU_EXCHANGE_TRANSFER", "yilu-transfer")
"""Which telephone is a seat's (PJSIP/{seat}, user/{seat}), and the dialplan's context that passes calls on."""
EXCHANGE_SOUNDS = Path(os.environ.get("YILU_EXCHANGE_SOUNDS", VAR / "sounds"))
EXCHANGE_SOUNDS_THERE = os.environ.get("YILU_EXCHANGE_SOUNDS_THERE", "")
EXCHANGE_RECORDINGS = os.environ.get("YILU_EXCHANGE_RECORDINGS", "")
"""Our folder of sounds, the same as the exchange names it, and the folder where FreeSWITCH records."""
ARI_URL = os.environ.get("YILU_ARI_URL", "")
ARI_USER = os.environ.get("YILU_ARI_USER", "")
ARI_PASSWORD = os.environ.get("YILU_ARI_PASSWORD", "")
ARI_APP = os.environ.get("YILU_ARI_APP", "yilu")
ESL_ADDRESS = os.environ.get("YILU_ESL_ADDRESS", "")
ESL_PASSWORD = os.environ.get("YILU_ESL_PASSWORD", "")
CALL_PROMPTS = Path(os.environ.get("YILU_CALL_PROMPTS", VAR / "prompts"))
"""The hotline's prompts as sound (`yilu prompts`)."""
SPEECH_URL = os.environ.get("YILU_SPEECH_URL", "")
SPEECH_KEY = os.environ.get("YILU_SPEECH_KEY", "")
SPEECH_HEAR = os.environ.get("YILU_SPEECH_HEAR", "whisper-1")
SPEECH_VOICE = os.environ.get("YILU_SPEECH_VOICE", "tts-1/alloy")
"""A service with OpenAI-compatible audio endpoints (`…/v1`): its model that hears, its model/voice that speaks."""
SPEECH_MODEL = os.environ.get("YILU_SPEECH_MODEL", "")
"""The folder of a faster-whisper model on this machine (an optional extra); empty: the service, or none."""
MAIL_IN = os.environ.get("YILU_MAIL_IN", "")
"""Where `yilu mail_in` listens for the mail server's incoming mail: lmtp://127.0.0.1:8024; empty: nowhere."""
MAIL_FROM = os.environ.get("YILU_MAIL_FROM", "service@yilu.example")

WAKE_WORKER = os.environ.get("YILU_WAKE", "1") == "1"
"""Whether a commit wakes the worker at once; without it the worker looks about every second."""
PROCRASTINATE_AUTODISCOVER_MODULE_NAME = "jobs"
"""Rooms keep their background jobs in jobs.py; see the journal's README."""
JOB_CONCURRENCY = int(os.environ.get("YILU_JOBS", "1"))
"""How many background jobs the worker's job process runs side by side."""

PGTRIGGER_MIGRATIONS = True
PGHISTORY_ADMIN_ALL_EVENTS = False

LOGGING = {
    "version": 1,
    "disable_existing_loggers": False,
    "formatters": {"line": {"format": "{asctime} {levelname} {name}: {message}", "style": "{"}},
    "handlers": {"console": {"class": "logging.StreamHandler", "formatter": "line"}},
    "root": {"handlers": ["console"], "level": os.environ.get("YILU_LOG_LEVEL", "WARNING")},
}
