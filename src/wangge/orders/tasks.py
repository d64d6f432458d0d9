"""Daily work on orders. Cron times are UTC."""

from __future__ import annotations

from procrastinate.contrib.django import app

from wangge.kernel import clock
from wangge.orders import services

DAYS_AHEAD = 7  # so that a phone that stays off line for days still has its work


@app.periodic(cron="5 16 * * *")  # 00:05 in China
@app.task(name="orders.close_missed", queueing_lock="orders.close_missed", pass_context=False)
def close_missed(timestamp: int) -> None:
    """Close what nobody did (OR-9)."""
    services.close_missed(at=clock.now())


@app.periodic(cron="15 16 * * *")  # 00:15 in China
@app.task(name="orders.plan_ahead", queueing_lock="orders.plan_ahead", pass_context=False)
def plan_ahead(timestamp: int) -> None:
    """Make the orders of the next days (OR-5), after lists that changed (OR-25), and the week's riskiest."""
    services.relist(at=clock.now())
    services.plan_ahead(DAYS_AHEAD, at=clock.now())
    services.order_riskiest_everywhere(at=clock.now())
