"""Commands that only look: status, devices, meters, history, sent."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from esolutions_client.cli.commands.status import status
from esolutions_client.cli.console.output import print_document, print_json, timestamp
from esolutions_client.cli.console.tables import print_table
from esolutions_client.errors import UsageError
from esolutions_client.service.exchanges.reasons import why_held
from esolutions_client.service.printers.printer_state import read_layout, read_poll, track

if TYPE_CHECKING:
    from esolutions_client.cli.session import Session
    from esolutions_client.fleet.device import Device
    from esolutions_client.store.outbox import SentRow

__all__ = ["add_to"]

_Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
_Limit = Annotated[int, typer.Option(min=1, help="How many of the newest.")]


def add_to(app: typer.Typer) -> None:
    """Add these commands to the program."""
    for command in (status, devices, meters, history, sent):
        app.command()(command)


def devices(context: typer.Context, *, json: _Json = False) -> None:
    """List the printers this client knows."""
    session: Session = context.obj
    known = session.store.devices.all()
    listed = [_device_json(device) for device in known]
    if json:
        print_json({"devices": listed})
        return
    notes = [why_held(device) if device.held_since else device.silent_reason or "" for device in known]
    print_table(
        ["SERIAL", "STATE", "ADDRESS", "MODEL", "NOTE"],
        [
            (
                x["serial_number"],
                x["state"],
                x["address"],
                x["model"],
                note or x["refused_reason"] or "",
            )
            for x, note in zip(listed, notes, strict=True)
        ],
        empty="no printer is known: run `esolutions-client discover TARGET`",
    )


def meters(context: typer.Context, serial: str, *, json: _Json = False) -> None:
    """Show each meter of a printer: what was transmitted last, and what it shows now."""
    session: Session = context.obj
    device = _known(session, serial)
    serial = device.serial_number
    tracked = track(session.store, device, session.snmp_timeouts)
    reading = tracked.reading()
    transmitted = session.store.readings.transmitted(serial)
    document: dict[str, Any] = {
        "serial_number": serial,
        "read_at": timestamp(reading.read_at) if reading else None,
        "meters": [
            {
                "name": meter.name,
                "transmitted": transmitted[meter.name].value if meter.name in transmitted else None,
                "transmitted_at": timestamp(transmitted[meter.name].read_date) if meter.name in transmitted else None,
                "current": meter.value,
                "unit": meter.unit,
                "oid": meter.oid,
                "source": meter.source,
            }
            for meter in (reading.meters if reading else ())
        ],
        "supplies": [supply.as_json() for supply in (reading.supplies if reading else ())],
    }
    if json:
        print_json(document)
        return
    print_table(
        ["METER", "TRANSMITTED", "CURRENT", "UNIT"],
        [(x["name"], x["transmitted"], x["current"], x["unit"]) for x in document["meters"]],
        empty=f"{serial} was not read yet: run `esolutions-client poll`",
    )


def history(
    context: typer.Context,
    serial: Annotated[str | None, typer.Argument(help="The readings of one printer; else the events of all.")] = None,
    *,
    limit: _Limit = 50,
    json: _Json = False,
) -> None:
    """Show what happened, newest first."""
    session: Session = context.obj
    if serial is not None:
        _readings(session, _known(session, serial), limit, json=json)
        return
    events = [
        {"moment": timestamp(datetime.fromisoformat(when)), "kind": kind, "serial_number": number, "text": text}
        for when, kind, number, text in session.store.events(limit)
    ]
    if json:
        print_json({"events": events})
    else:
        print_table(
            ["MOMENT", "KIND", "SERIAL", "WHAT"],
            [(x["moment"], x["kind"], x["serial_number"], x["text"]) for x in events],
            empty="nothing has happened yet",
        )


def sent(
    context: typer.Context,
    sent_id: Annotated[int | None, typer.Argument(metavar="[ID]", help="Show this one exactly as it was sent.")] = None,
    *,
    limit: _Limit = 50,
    json: _Json = False,
) -> None:
    """List what was sent to the server, or show one message byte for byte, the secret masked."""
    session: Session = context.obj
    if sent_id is not None:
        row = session.store.outbox.sent_by_id(sent_id)
        if row is None:
            raise UsageError(f"nothing was sent under the number {sent_id}: `esolutions-client sent` lists the numbers")
        response = row.response.decode(errors="replace") if row.response else None
        if json:
            print_json({**_sent_json(row), "body": _masked(row.body), "answer": response})
        else:
            print_document(_masked(row.body))
        return
    rows = [_sent_json(row) for row in session.store.outbox.sent(limit)]
    if json:
        print_json({"sent": rows})
    else:
        print_table(
            ["ID", "SENT", "OPERATION", "ATTEMPT", "BYTES", "OUTCOME"],
            [(x["id"], x["sent_at"], x["operation"], x["attempt"], x["bytes"], x["outcome"]) for x in rows],
            empty="nothing was sent yet",
        )


def _readings(session: Session, device: Device, limit: int, *, json: bool) -> None:
    rows = session.store.readings.newest(device.device_id, limit)
    layouts = {layout_id: read_layout(session.store, layout_id) for layout_id in {row.layout_id for row in rows}}
    listed = []
    for row in rows:
        layout = layouts[row.layout_id]
        reading = layout.reading(read_poll(session.store, row, layout), row.read_at, device.low_percent)
        listed.append({**reading.as_json(), "flag": row.flag})
    if json:
        print_json({"serial_number": device.serial_number, "readings": listed})
        return
    names = [row.name for row in layouts[rows[0].layout_id].meters] if rows else []
    print_table(
        ["READ", *names, "FLAG"],
        [(x["read_at"], *[_value(x, name) for name in names], x["flag"]) for x in listed],
        empty=f"{device.serial_number} was not read yet",
    )


def _value(reading: dict[str, Any], name: str) -> Any:
    return next((meter["value"] for meter in reading["meters"] if meter["name"] == name), None)


def _known(session: Session, serial: str) -> Device:
    device = session.store.devices.get(serial)
    if device is None:
        raise UsageError(f"no printer {serial} is known: `esolutions-client devices` lists those that are")
    return device


def _device_json(device: Device) -> dict[str, Any]:
    return {
        "serial_number": device.serial_number,
        "state": device.shown_state,
        "address": f"{device.host}:{device.port}",
        "vendor": device.vendor,
        "model": device.model,
        "discovered_at": timestamp(device.discovered_at),
        "registered_at": timestamp(device.registered_at),
        "active_since": timestamp(device.active_since),
        "silent_since": timestamp(device.silent_since),
        "silent_reason": device.silent_reason,
        "held_since": timestamp(device.held_since),
        "held_reason": device.held_reason,
        "doubted_at": device.doubted_at,
        "replaced_by": device.replaced_by,
        "refused_reason": device.refused_reason,
    }


def _sent_json(row: SentRow) -> dict[str, Any]:
    return {
        "id": row.sent_id,
        "sent_at": timestamp(row.sent_at),
        "operation": row.operation,
        "message_id": row.message_id,
        "attempt": row.attempt,
        "bytes": len(row.body),
        "outcome": row.outcome,
    }


def _masked(body: bytes) -> str:
    """Return an envelope as text, with the one thing hidden that must not appear on a screen."""
    return re.sub(r"(?<=:Secret>)[^<]+", "*" * 8, body.decode(errors="replace"))
