"""Jobs of the closed loop."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.cases import services
from wangge.kernel import clock


@app.periodic(cron="15 2 * * *")
@app.task(name=services.SET_DEADLINES, queueing_lock=services.SET_DEADLINES)
def set_missing_deadlines(timestamp: int | None = None) -> int:
    """Give cases their deadline once the calendar of its year is known."""
    total = 0
    while done := services.set_missing_deadlines(at=clock.now()):
        total += done
    return total


@app.periodic(cron="40 17 * * *")  # 01:40 in China
@app.task(name=services.RAISE_OVERDUE, queueing_lock=services.RAISE_OVERDUE)
def raise_overdue(timestamp: int | None = None) -> int:
    """Raise the severity of cases that are late by their time to fix."""
    return services.raise_overdue(at=clock.now())


@app.periodic(cron="* * * * * */5")
@app.task(name="cases.tell_news", queueing_lock="cases.tell_news")
def tell_news(timestamp: int | None = None) -> int:
    """Tell people what happened, every five seconds: many steps in one go, and no step waits for it."""
    total = 0
    while done := services.tell_news(at=clock.now()):
        total += done
    return total
