"""grpc_client.py ADDRESS MODEL RATE: asks for predictions over gRPC, over one channel, and prints what became of all so far."""
import json
import sys
import time

import grpc
from mlserver.grpc import dataplane_pb2 as api
from mlserver.grpc.dataplane_pb2_grpc import GRPCInferenceServiceStub

address, model, rate = sys.argv[1:]
server = GRPCInferenceServiceStub(grpc.insecure_channel(address))
flower = api.InferTensorContents(fp64_contents=[6.3, 3.3, 6.0, 2.5])
request = api.ModelInferRequest(
    model_name=model,
    inputs=[api.ModelInferRequest.InferInputTensor(name='x', datatype='FP64', shape=[1, 4], contents=flower)],
)
answers, failures = {}, []
while True:
    try:
        species = list(server.ModelInfer(request, timeout=10).outputs[0].contents.int64_contents)
        answers[str(species)] = answers.get(str(species), 0) + 1
    except grpc.RpcError as error:
        failures.append([time.time(), error.code().name, error.details()])
    print(json.dumps({'answers': answers, 'failures': failures[-20:]}), flush=True)
    time.sleep(1 / float(rate))
