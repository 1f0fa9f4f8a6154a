"""Reads a labelled data set from a folder, or from an object store that speaks S3."""
import csv
import datetime
import hashlib
import hmac
import io
import os
import ssl
import urllib.parse
import urllib.request

FILE = "transactions.csv"


def load(uri):
    """Features by name, and labels, of the data set at s3://bucket/prefix/ or in a folder."""
    text = _from_s3(uri) if uri.startswith("s3://") else _from_folder(uri)
    rows = list(csv.DictReader(io.StringIO(text)))
    labels = [int(row.pop("label")) for row in rows]
    return [{name: float(value) for name, value in row.items()} for row in rows], labels


def _from_folder(path):
    with open(os.path.join(path, FILE), encoding="utf-8") as file:
        return file.read()


def _from_s3(uri):
    directory = os.environ["DATASET_CREDENTIALS_DIR"]

    def secret(name, default=None):
        path = os.path.join(directory, name)
        if default is not None and not os.path.exists(path):
            return default
        with open(path, encoding="utf-8") as file:
            return file.read().strip()

    endpoint = urllib.parse.urlsplit(secret("endpoint", "https://s3.amazonaws.com"))
    path = "/" + urllib.parse.quote(uri[len("s3://"):] + FILE)
    now = datetime.datetime.now(datetime.timezone.utc)
    headers = signed(endpoint.netloc, path, now, secret("region", "us-east-1"), secret("access-key-id"), secret("secret-access-key"))
    authority = os.path.join(directory, "ca.crt")
    context = ssl.create_default_context(cafile=authority if os.path.exists(authority) else None)
    request = urllib.request.Request(f"{endpoint.scheme}://{endpoint.netloc}{path}", headers=headers)
    with urllib.request.urlopen(request, timeout=60, context=context) as response:
        return response.read().decode("utf-8")


def signed(host, path, now, region, key_id, key):
    """Headers of a signed GET. https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html"""
    empty = hashlib.sha256(b"").hexdigest()
    time, date = now.strftime("%Y%m%dT%H%M%SZ"), now.strftime("%Y%m%d")
    names = "host;x-amz-content-sha256;x-amz-date"
    canonical = f"GET\n{path}\n\nhost:{host}\nx-amz-content-sha256:{empty}\nx-amz-date:{time}\n\n{names}\n{empty}"
    scope = f"{date}/{region}/s3/aws4_request"
    text = f"AWS4-HMAC-SHA256\n{time}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
    signing = ("AWS4" + key).encode()
    for part in (date, region, "s3", "aws4_request"):
        signing = hmac.new(signing, part.encode(), hashlib.sha256).digest()
    signature = hmac.new(signing, text.encode(), hashlib.sha256).hexdigest()
    authorization = f"AWS4-HMAC-SHA256 Credential={key_id}/{scope}, SignedHeaders={names}, Signature={signature}"
    return {"x-amz-content-sha256": empty, "x-amz-date": time, "Authorization": authorization}
