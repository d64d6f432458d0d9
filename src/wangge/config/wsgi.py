"""The WSGI entry: what granian serves."""

import gc
import logging
import os
import signal
import threading

from django.core.wsgi import get_wsgi_application
from django.db import DatabaseError, connection

from wangge.config import lifeline
from wangge.kernel import clock

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "wangge.config.settings")
if os.environ.get(lifeline.SUPERVISED):
    lifeline.die_with_parent(signal.SIGKILL)  # a worker must not outlive its server
application = get_wsgi_application()
gc.freeze()  # what is loaded now stays: no collection looks at it again

from wangge.territory import warming  # noqa: E402  models stand only now


def warm() -> None:
    """Have the grids of the city in memory before the first report asks for them, beside the serving."""
    try:
        warming.warm(clock.now())
    except DatabaseError as error:  # not there yet: the first report builds what it needs
        logging.getLogger(__name__).warning("the grids are not warm: %s", error)
    finally:
        connection.close()
    gc.freeze()


if os.environ.get(lifeline.SUPERVISED):  # whoever only imports this, a test, has no grids to warm
    threading.Thread(target=warm, name="warm", daemon=True).start()
