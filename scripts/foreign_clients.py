"""Uses the HTTP API by clients that this project did not write.

    foreign_clients.py API GENERATOR FOLDER

API is the program `api` of the examples, GENERATOR the command `openapi-python-client`, FOLDER where the client that it makes
of the API's own description is written. With that client a submission goes from its beginning to its receipt; with `tuspy` a
file is uploaded through connections that break, and compared byte by byte where it arrives. Ends with a line as cargo's
tests have: `test result: ...`.
"""

import hashlib
import io
import json
import random
import socket
import subprocess
import sys
import threading
from pathlib import Path
from urllib.parse import quote, urlsplit
from urllib.request import Request, urlopen

from checks import Checks

SEED = 20261129
CLIENT = "altinn_services_client"
FORM = Path(__file__).parent.parent / "examples" / "data" / "bakery-licence.json"
MIB = 1024 * 1024


class Api:
    """The program that serves, with what it says of itself."""

    def __init__(self, program: str):
        self.process = subprocess.Popen([program], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self.said = json.loads(self.process.stdout.readline())
        self.url = self.said["url"]

    def end(self):
        self.process.stdin.close()
        self.process.wait(timeout=60)


# --- the generated client ----------------------------------------------------------------------------------------


def generate(api: Api, generator: str, folder: Path):
    """Makes the client of the description that is served."""
    folder.mkdir(parents=True, exist_ok=True)
    config = folder / "generator.yaml"
    # What it has no words of its own for is bytes to it.
    foreign = ["application/xml", "application/pdf", "application/zip", "application/offset+octet-stream"]
    overrides = "".join(f"  {media_type}: application/octet-stream\n" for media_type in foreign)
    config.write_text(f"post_hooks: []\ncontent_type_overrides:\n{overrides}")
    command = [
        generator, "generate", "--url", f"{api.url}/openapi.json", "--meta", "none", "--overwrite",
        "--output-path", str(folder / CLIENT), "--config", str(config), "--fail-on-warning",
    ]
    subprocess.run(command, check=True)
    sys.path.insert(0, str(folder))


def submit(api: Api, checks: Checks):
    """A submission, from its beginning to its receipt and the confirmation of the agency."""
    from altinn_services_client import AuthenticatedClient, models
    from altinn_services_client.api.archive import get_receipt
    from altinn_services_client.api.data import get_data, patch_data, replace_data
    from altinn_services_client.api.instances import complete_instance, get_instance, instantiate
    from altinn_services_client.api.metadata import get_metadata, get_options
    from altinn_services_client.api.process import get_process, get_process_history, process_next
    from altinn_services_client.api.validation import validate_instance

    said = api.said
    leader = AuthenticatedClient(base_url=api.url, token=said["leader"])
    agency = AuthenticatedClient(base_url=api.url, token=said["agency"])
    app = ("ttd", "bakery-licence")

    metadata = get_metadata.sync(*app, client=leader)
    checks.that("the metadata names the app", metadata.to_dict()["id"] == "ttd/bakery-licence")
    kinds = get_options.sync(*app, "food-kinds", client=leader)
    checks.that("there are options", len(kinds) > 1)
    begun = instantiate.sync(*app, client=leader, body=models.InstanceTemplate(), instance_owner_party_id=said["party"])
    checks.that("it has begun", begun.process.current_task.element_id == "Task_Application", begun)
    instance = (*app, said["party"], begun.id.split("/")[1])
    element = begun.data[0].id
    form = models.ReplaceDataJsonBody.from_dict(json.loads(FORM.read_text()))
    kept = replace_data.sync_detailed(*instance, element, client=leader, body=form)
    checks.that("the form is kept", kept.status_code in (200, 201), kept.content)
    read = get_data.sync_detailed(*instance, element, client=leader)
    applicant = json.loads(read.content)["applicant"]
    checks.that("it is what was sent", applicant == form.to_dict()["applicant"], read.content)
    patch = {"patch": [{"op": "replace", "path": "/applicant/email", "value": "nobody"}]}
    change = models.DataPatch.from_dict(patch)
    patched = patch_data.sync(*instance, element, client=leader, body=change)
    checks.that("the patch is told what is wrong", "Form" in patched.validation_issues.to_dict(), patched)
    issues = validate_instance.sync(*instance, client=leader)
    checks.that("a wrong address is found", [issue.field for issue in issues] == ["applicant.email"], issues)
    refused = process_next.sync_detailed(*instance, client=leader, body=models.ProcessNext())
    problem = json.loads(refused.content)
    checks.that("it cannot be sent in so", problem["code"] == "SUBMISSION-INVALID", problem)
    replace_data.sync_detailed(*instance, element, client=leader, body=form)
    checks.that("it is in order", validate_instance.sync(*instance, client=leader) == [])
    signing = process_next.sync(*instance, client=leader, body=models.ProcessNext())
    checks.that("it is to be signed", signing.current_task.element_id == "Task_Signing", signing)
    state = get_process.sync(*instance, client=leader)
    checks.that("the leader may sign", state.current_task.actions["sign"] is True, state)
    ended = process_next.sync(*instance, client=leader, body=models.ProcessNext(action="sign"))
    checks.that("it has been sent in", bool(ended.ended), ended)
    history = get_process_history.sync(*instance, client=leader)
    checks.that("it has a history", history.process_history[-1].event_type == "process_EndEvent", history)
    stored = get_instance.sync(*instance, client=leader)
    checks.that("it is archived", stored.status.is_archived is True, stored)
    receipt = get_receipt.sync_detailed(*instance[2:], client=leader)
    checks.that("there is a receipt", receipt.status_code == 200, receipt.content)
    checks.that("with a proof", "proof" in receipt.content.decode().lower(), receipt.content[:300])
    confirmed = complete_instance.sync(*instance, client=agency)
    checks.that("the agency has it", confirmed.complete_confirmations[0].stakeholder_id == "ttd", confirmed)


# --- uploads that break ------------------------------------------------------------------------------------------


class Breaking:
    """A way to the server on which every connection breaks after some bytes, until it is told to hold."""

    def __init__(self, url: str, bytes_before: list[int]):
        parts = urlsplit(url)
        self.server = (parts.hostname, parts.port)
        self.left = list(bytes_before)
        self.broken = 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self.listener.getsockname()[1]}"
        threading.Thread(target=self.serve, daemon=True).start()

    def serve(self):
        while True:
            try:
                client, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self.carry, args=(client,), daemon=True).start()

    def carry(self, client: socket.socket):
        server = socket.create_connection(self.server)
        back = threading.Thread(target=self.pump, args=(server, client), daemon=True)
        back.start()
        seen = 0
        try:
            while piece := client.recv(64 * 1024):
                seen += len(piece)
                server.sendall(piece)
                # Only what is large is broken: the questions in between get through.
                if self.left and seen > self.left[0]:
                    self.left.pop(0)
                    self.broken += 1
                    break
        except OSError:
            pass  # The server has answered and closed: its answer is carried back still.
        back.join(timeout=0.2)
        for end in (client, server):
            try:
                end.shutdown(socket.SHUT_RDWR)
            except OSError:
                pass
            end.close()

    @staticmethod
    def pump(source: socket.socket, sink: socket.socket):
        try:
            while piece := source.recv(64 * 1024):
                sink.sendall(piece)
        except OSError:
            pass

    def end(self):
        self.listener.close()


def upload(api: Api, checks: Checks):
    """A file, through connections that break: what arrives is what was sent."""
    from tusclient import client as tus

    chance = random.Random(SEED)
    content = chance.randbytes(64 * MIB)
    digest = hashlib.sha256(content).hexdigest()
    way = Breaking(api.url, [chance.randrange(2 * MIB, 14 * MIB) for _ in range(6)])
    said = api.said
    path = f"/broker/api/v1/filetransfer/tus?onBehalfOf={quote(said['bakery'])}"
    metadata = {
        "filename": "accounts.zip", "resourceId": "ttd/annual-accounts", "recipients": said["recipient"],
        "checksum": digest,
    }
    sender = tus.TusClient(way.url + path, headers={"Authorization": f"Bearer {said['leader']}"})
    # It stops by itself in the middle, and another one goes on from what the server says.
    first = sender.uploader(
        file_stream=io.BytesIO(content), chunk_size=16 * MIB, metadata=metadata, retries=20, retry_delay=0
    )
    first.upload(stop_at=32 * MIB)
    checks.that("the first one stopped in the middle", 0 < first.offset < len(content), first.offset)
    second = sender.uploader(
        file_stream=io.BytesIO(content), chunk_size=16 * MIB, url=first.url, retries=20, retry_delay=0
    )
    checks.that("the second one knows where to go on", second.offset == first.offset, second.offset)
    second.upload()
    way.end()
    checks.that("connections broke", way.broken == 6, way.broken)
    transfer = urlsplit(first.url).path.split("/")[-2]

    address = f"{api.url}/broker/api/v1/filetransfer/{transfer}"
    behalf = f"onBehalfOf={quote(said['recipient'])}"
    headers = {"Authorization": f"Bearer {said['recipientLeader']}"}

    def fetch(rest: str, method: str = "GET", **more):
        request = Request(f"{address}{rest}?{behalf}", headers={**headers, **more}, method=method)
        return urlopen(request, timeout=60)

    with fetch("") as answer:
        checks.that("it is published", json.load(answer)["fileTransferStatus"] == "Published")
    with fetch("/download") as answer:
        received = hashlib.sha256(answer.read()).hexdigest()
    checks.that("what arrived is what was sent", received == digest, received)
    with fetch("/download", Range=f"bytes={len(content) - 1000}-") as answer:
        checks.that("a part of it is that part", answer.read() == content[-1000:])
    with fetch("/confirmdownload", "POST") as answer:
        checks.that("it is confirmed", answer.status == 200)
    with fetch("") as answer:
        checks.that("all have it", json.load(answer)["fileTransferStatus"] == "AllConfirmedDownloaded")


def main() -> int:
    socket.setdefaulttimeout(60)
    program, generator, folder = sys.argv[1], sys.argv[2], Path(sys.argv[3])
    checks = Checks()
    api = Api(program)
    try:
        checks.walk("a client is generated", generate, api, generator, folder)
        checks.walk("a submission by the generated client", submit, api, checks)
        checks.walk("an upload by tuspy, with breaks", upload, api, checks)
    finally:
        api.end()
    result = "FAILED" if checks.failed else "ok"
    print(f"test result: {result}. {checks.passed} passed; {checks.failed} failed;")
    return 1 if checks.failed else 0


if __name__ == "__main__":
    sys.exit(main())
