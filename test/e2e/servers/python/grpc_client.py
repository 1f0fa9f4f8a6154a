"""grpc_client.py ADDRESS MODEL RATE: asks for predictions over gRPC and prints what became of all so far.

As clients do that follow endpoints, it keeps a connection for less time than servers serve before SIGTERM. A prediction can be asked
for again: the usual policy of gRPC sends it once more where a server closes the connection before it answers.
https://grpc.io/docs/guides/retry/
"""
import json
import sys
import time

import grpc
from mlserver.grpc import dataplane_pb2 as api
from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub

address, model, rate = sys.argv[1:]
KEPT_SECONDS = 4
RETRY = json.dumps({
    'methodConfig': [{
        'name': [{'service': 'inference.GRPCInferenceService'}],
        'retryPolicy': {
            'maxAttempts': 2,
            'initialBackoff': '0.1s',
            'maxBackoff': '0.1s',
            'backoffMultiplier': 1,
            'retryableStatusCodes': ['UNAVAILABLE'],
        },
    }],
})
# Without a pool of its own a channel would get the connection of the one before.
OPTIONS = [('grpc.use_local_subchannel_pool', 1), ('grpc.service_config', RETRY)]
flower = api.InferTensorContents(fp64_contents=[6.3, 3.3, 6.0, 2.5])
request = api.ModelInferRequest(
    model_name=model,
    inputs=[api.ModelInferRequest.InferInputTensor(name='x', datatype='FP64', shape=[1, 4], contents=flower)],
)
answers, failures = {}, []
channel, since = None, 0
while True:
    if time.monotonic() - since > KEPT_SECONDS:
        if channel is not None:
            channel.close()
        channel, since = grpc.insecure_channel(address, options=OPTIONS), time.monotonic()
        server = GRPCInferenceServiceStub(channel)
    try:
        species = list(server.ModelInfer(request, timeout=10).outputs[0].contents.int64_contents)
        answers[str(species)] = answers.get(str(species), 0) + 1
    except grpc.RpcError as error:
        failures.append([time.time(), error.code().name, error.details()])
    print(json.dumps({'answers': answers, 'failures': failures[-20:]}), flush=True)
    time.sleep(1 / float(rate))
