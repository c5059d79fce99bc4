"""A run on disk: stage folders, manifests, hashes, atomic writes; tables by catalogue name.

Only this room touches the run folder. Nothing here imports pandas but `store.tables`, because deciding
that a run is unchanged must cost a fraction of a second.

    reports/<run_id>/run.json                         resolved parameters, written once
    reports/<run_id>/<NN_stage>/stage.json            manifest, written last: a folder without one is not a result
    reports/<run_id>/<NN_stage>.attempt-<random>/     work in progress, or a failed attempt kept for reading
    reports/<run_id>/<NN_stage>.parts/                finished pieces of a stage that did not end yet, for its next attempt
    reports/<run_id>/claim.json                       who is working here now, with a heartbeat
"""

from gramlib.store.attempt import Attempt
from gramlib.store.claim import Claim
from gramlib.store.manifest import Manifest, Output
from gramlib.store.run_folder import RunFolder

__all__ = ["Attempt", "Claim", "Manifest", "Output", "RunFolder"]
