"""Writes what is derived from the template and the stage table: k8s/stages and the wrapped Jobs of k8s/overlays.

    .venv/bin/python tests/cluster/manifests.py

test_manifests.py holds the files to what this would write.
"""

from __future__ import annotations

from pathlib import Path

from gramlib.cluster.manifest import stage_args
from gramlib.cluster.needs import NEEDS
from gramlib.cluster.wrapped import argo, jobset, nightly, sweep
from gramlib.params.manifests import documents_text
from gramlib.runner.pipeline import STAGES, Stage

ROOT = Path(__file__).resolve().parents[2]
HEAD = "# Written by tests/cluster/manifests.py from the stage table; edit gramlib/cluster/needs.py or k8s/base/job instead.\n"


def stage_kustomization(stage: Stage) -> str:
    needs = NEEDS[stage.name]
    amount = f'{{cpu: "{needs.cpu}", memory: {needs.memory}}}'
    return f"""{HEAD}apiVersion: kustomize.config.k8s.io/v1beta1
kind: Kustomization
resources: [../../base/job]
nameSuffix: -{stage.name}
labels:
  - pairs: {{app.kubernetes.io/component: {stage.name}}}
    includeTemplates: true
patches:
  - patch: |
      apiVersion: batch/v1
      kind: Job
      metadata: {{name: gram}}
      spec:
        activeDeadlineSeconds: {needs.deadline_s}
        template:
          spec:
            containers:
              - name: gram
                image: {needs.image}
                args: [{", ".join(stage_args(stage.name))}]
                resources:
                  requests: {amount}
                  limits: {amount}
"""


def derived() -> dict[str, str]:
    """Every derived file: its path below k8s/ and its text."""
    files = {f"stages/{stage.folder}/kustomization.yaml": stage_kustomization(stage) for stage in STAGES}
    files["overlays/nightly/cronjob.yaml"] = HEAD + documents_text([nightly(ROOT)])
    files["overlays/sweep/job.yaml"] = HEAD + documents_text([sweep(ROOT)])
    files["overlays/jobset/jobset.yaml"] = HEAD + documents_text([jobset(ROOT)])
    files["overlays/argo/workflow.yaml"] = HEAD + documents_text(argo(ROOT))
    return files


if __name__ == "__main__":
    for name, text in derived().items():
        path = ROOT / "k8s" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        print(path.relative_to(ROOT))
