"""HyperQueue with its server, one worker and client in this process, told what to start on standard input.

A line `FOLDER PROGRAM STAMPS NAME...` submits one job for each name, and answers with the monotonic times at
which each was about to be submitted.
"""

import sys
import time

from hyperqueue import Job, LocalCluster
from hyperqueue.cluster import WorkerConfig


def job(folder, program, stamps, name):
    made = Job(default_workdir=folder)
    made.program([program, stamps, name], stdout=None, stderr=None)
    return made


with LocalCluster(worker_config=WorkerConfig(cores=64)) as cluster:
    client = cluster.client()
    print("ready", flush=True)
    for line in sys.stdin:
        folder, program, stamps, *names = line.split()
        jobs = [job(folder, program, stamps, name) for name in names]
        times = []
        for one in jobs:
            times.append(time.monotonic_ns())
            client.submit(one)
        print(*times, flush=True)
