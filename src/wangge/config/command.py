"""The `wangge` command: every verb of the house."""

from __future__ import annotations

import os
import sys
from typing import Annotated

from wangge.config import ready as ready  # isort: split

import typer
from django.core.management import execute_from_command_line
from django.db import OperationalError

from wangge.config import database, postgres_place, saying
from wangge.config import run as running
from wangge.config.backup_command import backup, restore
from wangge.config.doctor_command import doctor
from wangge.config.draft_command import draft as draft_grids
from wangge.config.evidence_command import app as evidence
from wangge.config.explain_command import explain
from wangge.config.export_command import app as exporting
from wangge.config.import_command import app as importing
from wangge.config.pack_command import app as pack
from wangge.config.plan_command import plan
from wangge.config.twin_command import make_demo, simulate
from wangge.config.verify_command import verify
from wangge.kernel.errors import Refused

OPENS_ITSELF = {"run", "doctor", "restore", None}

app = typer.Typer(
    help="网格：城市网格化安全治理。Wangge: grid-based safety work for a whole city.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.callback()
def open_house(context: typer.Context) -> None:
    """网格：城市网格化安全治理。Wangge: grid-based safety work for a whole city."""
    if context.invoked_subcommand not in OPENS_ITSELF and "--help" not in sys.argv:
        context.with_resource(database.up_to_date())


@app.command()
def run(
    host: Annotated[str, typer.Option(help="监听地址 / address to listen on")] = "127.0.0.1",
    port: Annotated[int, typer.Option(help="端口 / port", min=1, max=65535)] = 8000,
    workers: Annotated[int, typer.Option(help="网页进程数 / web processes", min=1)] = 1,
    job_workers: Annotated[int, typer.Option(help="后台进程数 / job processes", min=1)] = 1,
    with_demo: Annotated[
        bool, typer.Option("--demo/--no-demo", help="空库时生成示范城市 / make the demo city when empty")
    ] = True,
) -> None:
    """启动数据库、网页和后台任务，Ctrl-C 全部停止。Serve everything; Ctrl-C ends all of it."""
    running.run(running.Choice(host, port, workers, job_workers, with_demo))


@app.command(
    context_settings={"allow_extra_args": True, "ignore_unknown_options": True}, add_help_option=False
)
def manage(context: typer.Context) -> None:
    """运行 Django 管理命令（shell、dbshell……）。Run one of Django's own commands."""
    os.environ["PATH"] = f"{postgres_place.programs()}{os.pathsep}{os.environ.get('PATH', '')}"  # dbshell
    execute_from_command_line(["wangge manage", *context.args])


@app.command()
def migrate() -> None:
    """把数据库更新到本版本。Bring the database up to this version."""
    saying.say("数据库已是最新。", "The database is up to date.")


for name, group in (("import", importing), ("export", exporting), ("pack", pack), ("evidence", evidence)):
    app.add_typer(group, name=name)
app.command("demo")(make_demo)
app.command("draft-grids")(draft_grids)
for verb in (plan, simulate, explain, verify, backup, restore, doctor):
    app.command()(verb)


def main() -> None:
    """Run the command. A refusal is said in both languages and ends with code 1."""
    try:
        app()
    except Refused as refusal:
        saying.say_no(refusal)
        sys.exit(1)
    except OperationalError as error:
        saying.say_no(database.DatabaseAway(why=str(error).strip()))
        sys.exit(1)
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
