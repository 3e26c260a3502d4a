"""A pong that runs, for the tests that ask it."""
import http.client
import signal
import socket
import subprocess
import sys
import threading
import time

from ports import free_port

PATIENCE = 60  # seconds, for what takes a moment when nothing else runs


class Pong:
    """A pong that listens, until it is left."""

    def __init__(self, program, *options):
        self.port = free_port()
        self.url = f'http://127.0.0.1:{self.port}/ping'
        self.process = subprocess.Popen([program, '-p', str(self.port), *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                        text=True)
        self.output = []
        self.reader = threading.Thread(target=lambda: self.output.extend(self.process.stdout))
        self.reader.start()

    def __enter__(self):
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end and self.process.poll() is None:
            try:
                with socket.create_connection(('127.0.0.1', self.port), timeout=PATIENCE):
                    return self
            except ConnectionError:
                time.sleep(0.02)
        self.end(signal.SIGKILL)
        sys.exit(f'pong does not listen: {self.output}')

    def __exit__(self, *_):
        self.end(signal.SIGTERM)

    def end(self, how):
        """Status, and seconds until it had ended."""
        begin = time.monotonic()
        if self.process.poll() is None:
            self.process.send_signal(how)
        try:
            status = self.process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            status = f'none within {PATIENCE} s'
        took = time.monotonic() - begin
        self.reader.join()
        return status, took

    def ask(self, body, method='POST', path='/ping'):
        connection = http.client.HTTPConnection('127.0.0.1', self.port, timeout=PATIENCE)
        connection.request(method, path, body)
        answer = connection.getresponse()
        text = answer.read().decode()
        connection.close()
        return answer.status, text

    def seconds_of_processor(self):
        """What it has used so far, all threads together."""
        return time.clock_gettime(~self.process.pid << 3 | 2)  # clock_getcpuclockid() of a process
