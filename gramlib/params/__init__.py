"""Parameters: what a run is asked to do, layered, validated, each value with its origin.

    yaml_source, suggest     YAML with the line of every value; "did you mean"
    fields, problems         how a parameter is declared; how a refusal reads
    stages, issuer           the models: one home for every name, default, unit and bound; the issuer's extensions and
                             random drivers stand in issuer_extensions, issuer_drivers
    issuer_file              issuer files with the basis of each value, read and written
    run_file, origins        extends below, the file, --set on top, merged
    checks, layers           do values fit each other; the resolved run
    run_params               a resolved run as a record and as an identity
    explain, export          every value as a table; a stage for plain papermill
    issuer_notes             what is odd about an issuer, and yet no mistake
    assumptions              the register of judgement

Nothing here imports numpy or pandas: deciding that a run is unchanged must stay quick.
"""

from __future__ import annotations

from gramlib.params.assumptions import Assumption, load_assumptions
from gramlib.params.checks import stage_params
from gramlib.params.explain import as_text, explain
from gramlib.params.export import export_stage, issuer_yaml, parameters_cell
from gramlib.params.fields import Section
from gramlib.params.issuer import Issuer
from gramlib.params.issuer_file import load_issuer
from gramlib.params.issuer_notes import issuer_notes
from gramlib.params.layers import resolve_params
from gramlib.params.plugins import PlugIn
from gramlib.params.run_params import RunnerParams, RunParams
from gramlib.params.stages import STAGE_NAMES, STAGE_PARAMS
from gramlib.readable import readable

__all__ = [
    "STAGE_NAMES",
    "STAGE_PARAMS",
    "Assumption",
    "Issuer",
    "RunParams",
    "RunnerParams",
    "as_text",
    "explain",
    "export_stage",
    "issuer_notes",
    "issuer_yaml",
    "load_assumptions",
    "load_issuer",
    "parameters_cell",
    "resolve_params",
    "stage_params",
]

# Here and not where they stand: the kernel is compiled anew whenever a module that it imports changes.
for _known in (Section, PlugIn):
    readable(_known)
