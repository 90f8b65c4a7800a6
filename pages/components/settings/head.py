"""Headline of Settings, the figures of who answers, and the choice of another backend."""

import streamlit as st

from pages.components import changing, panels, process
from pages.components.keys import Widget
from pages.components.markdown import escaped
from services.backend import regions
from services.errors import PlainError
from services.screens.settings import sentences
from services.screens.settings.where import Where, whereabouts

EMBEDDED, AWS = "Embedded engine", "AWS"


def draw() -> Where:
    """Draw headline and figures; return who answers."""
    where = whereabouts(process.backend())
    panels.head("Settings", sentences.headline(where), sentences.source(where))
    if where.problem:
        st.error(escaped(where.problem), icon=":material/error:")
    if where.is_aws:
        panels.kpi_row(
            [
                panels.Kpi("Account", where.account or "unknown"),
                panels.Kpi("Region", where.region),
                panels.Kpi("You are", where.name or "unknown", help=where.identity or None),
            ]
        )
    return where


def choose(where: Where) -> None:
    """Draw the form that lets another backend answer, for every session of this process."""
    with st.expander("Ask another backend", icon=":material/swap_horiz:"):
        if not changing.allowed("Choosing a backend"):
            return
        options = [EMBEDDED, AWS]
        kind = st.segmented_control(
            "Backend", options, default=AWS if where.is_aws else EMBEDDED, key=Widget.SETTINGS_BACKEND
        )
        chosen = {"PERSONALIZE_BACKEND": "embedded"} if kind != AWS else _aws(where)
        st.caption("This holds for everybody who uses this explorer, until it is started again. What runs goes on.")
        if not st.button("Ask it", type="primary", key=Widget.SETTINGS_SWITCH, disabled=not all(chosen.values())):
            return
        try:
            process.ask_another(chosen)
        except PlainError as error:
            st.error(escaped(str(error)), icon=":material/error:")
            return
        st.rerun()


def _aws(where: Where) -> dict[str, str]:
    """Draw the fields of an account; credentials are never typed here."""
    region, bucket, role = panels.controls([3, 4, 7], part="aws")
    known = regions()
    with region:
        in_region = st.selectbox(
            "Region", known, index=known.index(where.region) if where.region in known else 0, key=Widget.SETTINGS_REGION
        )
    with bucket:
        name = st.text_input("Bucket", where.bucket if where.is_aws else "", key=Widget.SETTINGS_BUCKET)
    with role:
        arn = st.text_input("Role (ARN)", where.role_arn if where.is_aws else "", key=Widget.SETTINGS_ROLE)
    st.caption("Credentials are taken where boto3 finds them: variables, files, or a signed-in session.")
    return {
        "PERSONALIZE_BACKEND": "aws",
        "PERSONALIZE_BUCKET": name,
        "PERSONALIZE_ROLE_ARN": arn,
        "AWS_DEFAULT_REGION": in_region or "",
    }
