"""Transitions of campaigns: opening, changing the term, closing, cancelling (N-S1, N-S3)."""

from __future__ import annotations

import datetime as dt
from itertools import groupby

from registry.access import Actor
from registry.enums import Permission
from registry.transitions import Act, change

from .. import queries
from ..enums import OPEN_STATES, CampaignState, ReportState, ReportStepKind
from ..models import Campaign, CampaignReport, ReportForm
from ..rules import figures as figure_rules
from ..rules import reports as rules
from .trail import add_steps


def open_campaign(form_id: int, *, period: str, term: dt.date | None, by: Actor) -> Campaign:
    """Open a campaign with the form, and create a report for each expected organisation (N-S1).

    Raises `RuleViolation` for a form that is not issued, a wrong period or term, and a period that already has a
    campaign of the form; `NotAllowed`, `ReportForm.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="campaign.opened") as act:
        # The lock on the form stops two officers from opening the same campaign.
        form = act.lock(ReportForm.objects.visible_to(by), form_id)
        act.require(Permission.RUN_CAMPAIGNS, form.organization)
        rules.check_runs(form.organization)
        rules.check_form_is_issued(form)
        chosen = rules.check_period(period, form)
        same = Campaign.objects.filter(form__organization=form.organization, form__key=form.key, period=chosen.key)
        rules.check_period_is_free(same.exclude(state=CampaignState.CANCELLED).exists())
        campaign = Campaign(
            organization=form.organization,
            form=form,
            period=chosen.key,
            first=chosen.first,
            last=chosen.last,
            term=rules.check_term(term, chosen.last, act.today),
            opened_on=act.today,
        )
        act.save(campaign)
        count = _expect(act, campaign)
        rules.check_expected(count - 1)
        act.about(campaign, organization=form.organization, reports=count)
    return campaign


def _expect(act: Act, campaign: Campaign) -> int:
    """Create the reports of the expected organisations; return their number."""
    made: dict[int, CampaignReport] = {}
    found = queries.expected(campaign.form, campaign.last)
    # Level by level, because each report refers to the one above it.
    for _depth, some in groupby(found, key=lambda one: one.path.count("/")):
        reports = [
            CampaignReport(
                campaign=campaign,
                organization=one,
                parent=queries.nearest(made, one.path),
                level=one.level,
                term=campaign.term,
            )
            for one in some
        ]
        made |= {one.organization_id: one for one in act.create_many(CampaignReport, reports)}
    add_steps(act, made.values(), ReportStepKind.OPENED, term=campaign.term)
    return len(made)


def change_term(campaign_id: int, *, term: dt.date | None, by: Actor) -> Campaign:
    """Change the term of a campaign and of its reports that are not handed in (N-S1).

    Reports that were returned with a later term keep it. Raises `RuleViolation`, `NotAllowed`, `DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="campaign.term_changed") as act:
        campaign = _locked(act, campaign_id)
        rules.check_campaign_is_open(campaign)
        former, campaign.term = campaign.term, rules.check_term(term, campaign.last, act.today)
        reports = act.lock_many(campaign.reports.filter(state__in=OPEN_STATES))
        moved = [one for one in reports if one.term == former or one.term < campaign.term]
        act.set_all(CampaignReport, moved, counts=False, term=campaign.term)
        act.save(campaign)
        act.about(campaign, organization=campaign.organization, reports=len(moved))
    return campaign


def close_campaign(campaign_id: int, *, by: Actor) -> Campaign:
    """Close the campaign and freeze the figures of all its reports (N-S3).

    Raises `RuleViolation` unless the total is handed in; `NotAllowed`, `Campaign.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="campaign.closed") as act:
        campaign = _locked(act, campaign_id)
        reports = act.lock_many(campaign.reports.exclude(state=ReportState.RELEASED))
        rules.check_can_close(campaign, next(one for one in reports if one.parent_id is None))
        act.set_all(CampaignReport, reports, state=ReportState.FROZEN)
        add_steps(act, reports, ReportStepKind.FROZEN)
        campaign.state, campaign.closed_on = CampaignState.CLOSED, act.today
        act.save(campaign)
        act.about(campaign, organization=campaign.organization, reports=len(reports))
    return campaign


def cancel_campaign(campaign_id: int, *, text: str, by: Actor) -> Campaign:
    """Cancel the campaign with a reason, which is kept in the trail of its total (N-S1).

    Raises `RuleViolation`, `NotAllowed`, `Campaign.DoesNotExist`.
    """
    with change(by=by, rule=rules.RULE, event="campaign.cancelled") as act:
        campaign = _locked(act, campaign_id)
        rules.check_can_cancel(campaign)
        text = figure_rules.check_text(text)
        # Officers who enter figures meanwhile wait for this lock, and are then refused.
        reports = act.lock_many(campaign.reports.all())
        add_steps(act, [one for one in reports if one.parent_id is None], ReportStepKind.CANCELLED, text=text)
        campaign.state, campaign.closed_on = CampaignState.CANCELLED, act.today
        act.save(campaign)
        act.about(campaign, organization=campaign.organization)
    return campaign


def _locked(act: Act, campaign_id: int) -> Campaign:
    campaign = act.lock(Campaign.objects.visible_to(act.by), campaign_id)
    act.require(Permission.RUN_CAMPAIGNS, campaign.organization)
    return campaign
