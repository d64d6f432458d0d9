"""The WSGI entry: what granian serves."""

import gc
import os
import signal

from django.core.wsgi import get_wsgi_application

from wangge.config import lifeline

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.config.settings")
if os.environ.get(lifeline.SUPERVISED):
    lifeline.die_with_parent(signal.SIGKILL)  # a worker must not outlive its server
application = get_wsgi_application()
gc.freeze()  # what is loaded now stays: no collection looks at it again
