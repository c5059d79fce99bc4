"""The official client, with patience: what a server refuses for now is asked again, what it refuses for good is told.

Requests answered 429, 500, 502, 503 or 504, or not at all, are repeated with growing pauses, or after as long as the
server's Retry-After says. A creation that was carried out although its answer got lost is then answered 409, and
callers of a creation look at what is there.
"""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gramlib.errors import GramError, ParameterError, TemporaryError

TRIES = 6
FIRST_PAUSE_S = 0.5
LONGEST_PAUSE_S = 20.0
TIMEOUT_S = (10.0, 60.0)
"""To be connected, and between two bytes of an answer."""
SET_UP = "kubectl apply -k k8s/base/cluster"


@dataclass(frozen=True)
class Cluster:
    """BatchV1Api and CoreV1Api in one namespace; `pause_s` is the first pause between two tries."""

    batch: Any  # the client's own types know bodies as its models alone, and every field as possibly absent
    core: Any
    namespace: str
    pause_s: float = FIRST_PAUSE_S


def connect(
    namespace: str, context: str = "", kubeconfig: Path | None = None, pause_s: float = FIRST_PAUSE_S
) -> Cluster:
    """The cluster that kubeconfig and context name, or the one this process runs in; raises ParameterError."""
    from kubernetes import client, config
    from urllib3.util import Retry

    settings = client.Configuration()
    try:
        if kubeconfig is None and not context and _inside():
            config.load_incluster_config(client_configuration=settings)
        else:
            config.load_kube_config(
                config_file=str(kubeconfig) if kubeconfig else None,
                context=context or None,
                client_configuration=settings,
            )
    except (config.ConfigException, OSError, ValueError) as error:
        raise ParameterError(
            f"no cluster to speak to ({' '.join(str(error).split())})",
            expected="a kubeconfig with a context that works",
            origin=str(kubeconfig or "KUBECONFIG, or ~/.kube/config"),
            remedy="try `kubectl config get-contexts`, then --context NAME; `gram k8s render` needs no cluster",
        ) from error
    settings.retries = Retry(
        total=TRIES - 1,
        backoff_factor=pause_s,
        backoff_max=LONGEST_PAUSE_S,
        status_forcelist=(429, 500, 502, 503, 504),
        allowed_methods=None,
        raise_on_status=False,
        respect_retry_after_header=True,
    )
    api = client.ApiClient(settings)
    return Cluster(client.BatchV1Api(api), client.CoreV1Api(api), namespace, pause_s)


def _inside() -> bool:
    return Path("/var/run/secrets/kubernetes.io/serviceaccount/token").is_file()


def ask(cluster: Cluster, doing: str, call: Callable[[], Any], *, pass_on: tuple[int, ...] = ()) -> Any:
    """What `call` gives, asked again where its answer breaks off half-way; errors as for `talking`."""
    from urllib3.exceptions import HTTPError, MaxRetryError

    for attempt in range(1, TRIES):
        try:
            with talking(doing, cluster, pass_on=pass_on):
                return call()
        except TemporaryError as error:
            if not isinstance(error.__cause__, HTTPError) or isinstance(error.__cause__, MaxRetryError):
                raise
        time.sleep(min(LONGEST_PAUSE_S, cluster.pause_s * 2**attempt))
    with talking(doing, cluster, pass_on=pass_on):
        return call()


@contextmanager
def talking(doing: str, cluster: Cluster, *, pass_on: tuple[int, ...] = ()) -> Iterator[None]:
    """Turn what goes wrong on the way into our errors; ApiException with a status of `pass_on` goes through."""
    from kubernetes.client.exceptions import ApiException
    from urllib3.exceptions import HTTPError

    try:
        yield
    except ApiException as error:
        if error.status in pass_on:
            raise
        raise refused(error, doing, cluster) from error
    except (HTTPError, OSError) as error:
        raise _unanswered(error, doing, cluster) from error


def refused(error: Any, doing: str, cluster: Cluster) -> GramError:
    """What an answer of the server that is no success means for us."""
    said = _said(error)
    found = f"{doing}: the cluster said {error.status}, {said}"
    place = f"namespace {cluster.namespace} at {cluster.batch.api_client.configuration.host}"
    if error.status == 401:
        return ParameterError(found, expected="valid credentials", origin=place, remedy="log in to the cluster again")
    if error.status == 403 and "exceeded quota" in said:
        return TemporaryError(found, origin=place, remedy="wait for other Jobs to end, or raise the ResourceQuota")
    if error.status == 403:
        return ParameterError(
            found,
            expected="the right to create, read, watch and delete Jobs and ConfigMaps, to read Pods and their logs",
            origin=place,
            remedy=f"ask for them, or choose another --namespace; `kubectl auth can-i create jobs -n {cluster.namespace}`",
        )
    if error.status == 404 and "namespaces" in said:
        return ParameterError(found, expected="a namespace set up", origin=place, remedy=SET_UP)
    if error.status == 429 or error.status >= 500:
        return TemporaryError(
            found,
            expected=f"an answer within {TRIES} tries",
            origin=place,
            remedy="try again later: it goes on from here",
        )
    return ParameterError(found, origin=place, remedy="see `gram k8s render` for what was sent")


def _unanswered(error: Exception, doing: str, cluster: Cluster) -> GramError:
    said = " ".join(str(getattr(error, "reason", None) or error).split())[:300]
    host = cluster.batch.api_client.configuration.host
    if "CERTIFICATE_VERIFY" in said:
        return ParameterError(
            f"{doing}: the cluster's certificate is not trusted ({said})",
            origin=host,
            remedy="renew the certificate authority in your kubeconfig",
        )
    return TemporaryError(
        f"{doing}: the cluster does not answer ({said})",
        expected=f"an answer within {TRIES} tries",
        origin=host,
        remedy="see whether `kubectl get nodes` works; the same command goes on from here",
    )


def _said(error: Any) -> str:
    """The server's own words: its Status has a message."""
    try:
        message = json.loads(error.body or "")["message"]
    except (ValueError, TypeError, KeyError):
        message = error.reason or "without a word"
    return " ".join(str(message).split())[:300]
