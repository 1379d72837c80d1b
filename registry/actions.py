"""What the journal calls each act; a test holds that no act is without a name."""

from typing import Any

from django.utils.translation import gettext_lazy as _

ACTIONS: dict[str, Any] = {
    "account.blocked": _("account blocked"),
    "account.created": _("account created"),
    "account.edited": _("account changed"),
    "account.password_changed": _("password changed by its holder"),
    "account.reissued": _("one-time password issued anew"),
    "account.unblocked": _("account unblocked"),
    "administrator.created": _("administrator of the installation created"),
    "appointment.chosen": _("working under another appointment"),
    "appointment.ended": _("appointment ended"),
    "appointment.made": _("appointment made"),
    "appointment.withdrawn": _("appointment withdrawn"),
    "card.health_opened": _("health data opened"),
    "card.identity_opened": _("identity paper opened"),
    "card.opened": _("card opened by a superior"),
    "federation.charter_changed": _("charter values changed"),
    "federation.founded": _("federation founded"),
    "job.asked": _("job asked for"),
    "job.cancelled": _("job cancelled"),
    "job.result_fetched": _("result of a job fetched"),
    "member.changed": _("card changed"),
    "member.entry_added": _("entry added to a card"),
    "member.entry_changed": _("entry of a card changed"),
    "member.entry_deleted": _("entry of a card deleted"),
    "member.photo_put": _("photograph put in"),
    "member.photo_removed": _("photograph removed"),
    "member.put_on_account": _("person put on account"),
    "members.cell_assigned": _("cards filed with a primary cell"),
    "members.exported": _("list of members downloaded"),
    "members.put_on_account": _("list put on account"),
    "members.taken_back": _("list taken back"),
    "organization.body_added": _("governing body added"),
    "organization.body_changed": _("governing body changed"),
    "organization.body_removed": _("governing body removed"),
    "organization.founded": _("organisation founded"),
    "organization.liquidated": _("organisation liquidated"),
    "organization.liquidation_begun": _("liquidation begun"),
    "organization.liquidation_stopped": _("liquidation called off"),
    "organization.merged": _("organisation merged into another"),
    "organization.moved": _("organisation moved under another superior"),
    "organization.name_confirmed": _("name confirmed"),
    "organization.name_corrected": _("spelling of the name corrected"),
    "organization.opened": _("organisation opened"),
    "organization.passport_filled": _("passport filled"),
    "organization.rename_answer_read": _("answer about the name read"),
    "organization.rename_asked": _("another name reported"),
    "organization.rename_decided": _("report about the name decided"),
    "organization.renamed": _("organisation renamed"),
    "organization.seat_changed": _("seat in a governing body changed"),
    "organization.seat_taken": _("seat in a governing body taken"),
    "organization.structure_exported": _("structure downloaded"),
    "organization.took_in": _("another organisation taken in"),
    "session.ended": _("signed out"),
    "session.ended_all": _("all sessions ended"),
    "session.started": _("signed in"),
}


def label_of(action: str) -> Any:
    """The name of the act, or its code where it has none."""
    return ACTIONS.get(action, action)
