"""grpc_client.py ADDRESS MODEL RATE: asks for predictions over gRPC and prints what became of all so far.

As clients do that follow endpoints, it keeps a connection for less time than servers serve before SIGTERM.
"""
import json
import sys
import time

import grpc
from mlserver.grpc import dataplane_pb2 as api
from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub

address, model, rate = sys.argv[1:]
KEPT_SECONDS = 4
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
        # Without its own pool of sub-channels it would get the connection of the one before.
        channel, since = grpc.insecure_channel(address, options=[('grpc.use_local_subchannel_pool', 1)]), time.monotonic()
        server = GRPCInferenceServiceStub(channel)
    try:
        species = list(server.ModelInfer(request, timeout=10).outputs[0].contents.int64_contents)
        answers[str(species)] = answers.get(str(species), 0) + 1
    except grpc.RpcError as error:
        failures.append([time.time(), error.code().name, error.details()])
    print(json.dumps({'answers': answers, 'failures': failures[-20:]}), flush=True)
    time.sleep(1 / float(rate))
