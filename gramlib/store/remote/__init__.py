"""Runs in object storage: `--out s3://bucket/prefix` or `gs://bucket/prefix`.

    storage   one place in a bucket, through fsspec: list, read, write, create what is not there; its errors in our words
    claim     one writer a run, by objects that are created only where none is
    mirror    a run brought here before work and brought there after it, manifest last

Work itself is always on local disk, so that a stage knows nothing of all this. Credentials come from the environment, as the
storage's own library reads them (AWS_ACCESS_KEY_ID, AWS_PROFILE, AWS_ENDPOINT_URL, GOOGLE_APPLICATION_CREDENTIALS, a Job's
role), and are written nowhere.
"""

from gramlib.store.remote.claim import RemoteClaim
from gramlib.store.remote.mirror import Mirror
from gramlib.store.remote.storage import Storage, is_url

__all__ = ["Mirror", "RemoteClaim", "Storage", "is_url"]
