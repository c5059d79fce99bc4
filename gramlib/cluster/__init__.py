"""Stages as Jobs of a Kubernetes cluster: what `gram k8s` renders, sends and watches.

needs        what each stage asks of a node
names        a run's names in a cluster
parcel       a run's parameters, and its small data files, as one ConfigMap
manifest     the five Jobs, from the one template k8s/base/job/job.yaml
wrapped      the same Jobs inside a CronJob, a JobSet, an Argo workflow
connection   the official client: retries, refusals in our words
jobs         a Job followed to its end, over whatever the connection does
logs         a pod's log as it is written
failure      why a Job failed and where its notebook lies
submit       the stages in order, stopping at the first failure
looking      status, logs and cancel
"""
