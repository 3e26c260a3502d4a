#!/usr/bin/env python3
"""Pong answers curl, which knows nothing of us, in all the ways in which it asks.

Usage: curl_test.py PONG      exit status: 0 all well, 1 not, 77 curl is not installed
"""
import shutil
import signal
import subprocess
import sys
import tempfile

from pong import PATIENCE, Pong

if shutil.which('curl') is None:
    sys.exit(77)
PONG = sys.argv[1]
MEGABYTE = 1 << 20
# The body alone goes to stdout. Who never says "100 Continue" is waited for until the test fails.
ALWAYS = ['-sS', '--noproxy', '*', '--max-time', str(PATIENCE // 2), '--expect100-timeout', str(PATIENCE), '-D', '/dev/stderr',
          '-w', '%{stderr}\nconnects: %{num_connects}\nsent: %{size_upload}\n']
AND_THEN = ['--next', *ALWAYS]  # a request with options of its own, where it can on the same connection
failures = []


def expect(is_so, what):
    if not is_so:
        failures.append(what)
        print(f'FAILED: {what}')


class Answer:
    """The last head that curl was given, the body, and how many connections it took."""

    def __init__(self, *options, stdin=b''):
        command = ['curl', '-q', *ALWAYS, *options]  # -q: with nothing of the user's
        result = subprocess.run(command, input=stdin, capture_output=True, timeout=PATIENCE, check=False)
        self.body = result.stdout.decode()
        self.text = result.stderr.decode()
        self.curl = result.returncode
        heads = [lines.splitlines() for lines in self.text.split('HTTP/')[1:]]
        self.codes = [int(head[0].split()[1]) for head in heads]
        self.version = heads[-1][0].split()[0] if heads else ''
        self.headers = dict(line.lower().split(': ', 1) for line in (heads[-1] if heads else []) if ': ' in line)
        self.connects = [int(line.split()[1]) for line in self.text.splitlines() if line.startswith('connects: ')]

    def expect(self, codes, body, how):
        is_so = self.curl == 0 and self.codes == codes and (self.body == body if isinstance(body, str) else body(self.body))
        expect(is_so, f'{how}: curl ended with {self.curl}; {self.text!r}; body {self.body!r}')


def spaces_and_ping(size):
    """A message of that size that is well-formed all the same."""
    file = tempfile.NamedTemporaryFile()
    file.write(b' ' * (size - 15) + b'{"sequence": 7}')
    file.flush()
    return file


def test_post(pong):
    answer = Answer('-d', '{"sequence": 5}', pong.url)
    answer.expect([200], '{"sequence":5}', 'POST')
    expect(answer.headers.get('content-type') == 'application/json' and 'date' in answer.headers, f'POST: {answer.text!r}')


def test_bad_body(pong):
    Answer('-d', '{"sequence": "x"}', pong.url).expect(
        [400], lambda body: '"sequence" must be an integer' in body and 'is a text (at byte ' in body, 'a text for a number')


def test_keep_alive(pong):
    answer = Answer('-d', '{"sequence": 1}', pong.url, pong.url)
    answer.expect([200, 200], '{"sequence":1}' * 2, 'two on one connection')
    expect(answer.connects == [1, 0], f'two on one connection: it took {answer.connects} new ones')
    answer = Answer('-d', '{', pong.url, *AND_THEN, '-d', '{"sequence": 2}', pong.url)
    answer.expect([400, 200], lambda body: body.endswith('{"sequence":2}'), 'one after a refused one')
    expect(answer.connects == [1, 0], f'one after a refused one: it took {answer.connects} new connections')


def test_http_1_0(pong):
    answer = Answer('--http1.0', '-d', '{"sequence": 3}', pong.url)
    answer.expect([200], '{"sequence":3}', 'HTTP/1.0')
    expect(answer.headers.get('connection') == 'close', f'HTTP/1.0 is not told that the connection closes: {answer.text!r}')
    answer = Answer('--http1.0', '-d', '{"sequence": 3}', pong.url, pong.url)
    answer.expect([200, 200], '{"sequence":3}' * 2, 'HTTP/1.0 twice')
    expect(answer.connects == [1, 1], f'HTTP/1.0 twice: it took {answer.connects} new connections')


def test_expect_continue(pong):
    with spaces_and_ping(4 * MEGABYTE) as body:
        Answer('-H', 'Expect: 100-continue', '--data-binary', f'@{body.name}', pong.url).expect([100, 200], '{"sequence":7}', 'Expect')
    with spaces_and_ping(16 * MEGABYTE) as body:
        answer = Answer('-H', 'Expect: 100-continue', '--data-binary', f'@{body.name}', pong.url)
        answer.expect([413], lambda body: 'too large' in body, 'Expect, too large')
        expect('\nsent: 0\n' in answer.text, f'Expect, too large: curl sent the body: {answer.text!r}')
    Answer('-H', 'Expect: a miracle', '-d', '{"sequence": 1}', pong.url).expect([417], lambda body: True, 'Expect of something else')


def test_head(pong):
    answer = Answer('--head', pong.url)  # here curl's stdout has the head
    answer.expect([405], lambda body: body.startswith('HTTP/1.1 405') and body.endswith('\r\n\r\n'), 'HEAD')
    expect('post' in answer.headers.get('allow', ''), f'HEAD: {answer.text!r}')
    answer = Answer('--head', pong.url, *AND_THEN, '-d', '{"sequence": 4}', pong.url)
    answer.expect([405, 200], lambda body: body.endswith('\r\n\r\n{"sequence":4}'), 'POST after HEAD')
    expect(answer.connects == [1, 0], f'POST after HEAD: it took {answer.connects} new connections')


def test_chunked(pong):
    chunked = ['-H', 'Transfer-Encoding: chunked']
    Answer(*chunked, '-d', '{"sequence": 6}', pong.url).expect([200], '{"sequence":6}', 'chunked')
    with spaces_and_ping(4 * MEGABYTE) as body:
        Answer(*chunked, '-H', 'Expect: 100-continue', '--data-binary', f'@{body.name}', pong.url).expect([100, 200], '{"sequence":7}', 'chunked, large')
        Answer(*chunked, '-H', 'Expect:', '--data-binary', f'@{body.name}', pong.url).expect([200], '{"sequence":7}', 'chunked, at once')
    Answer('-X', 'POST', '-H', 'Expect:', '-T', '-', pong.url, stdin=b'{"sequence": 8}').expect([200], '{"sequence":8}', 'from a pipe')
    answer = Answer(*chunked, '-d', '{"sequence": 6}', pong.url, pong.url)
    answer.expect([200, 200], '{"sequence":6}' * 2, 'chunked twice')
    expect(answer.connects == [1, 0], f'chunked twice: it took {answer.connects} new connections')


def test_other_places(pong):
    Answer(pong.url).expect([405], lambda body: body != '', 'GET')
    Answer('-d', '{}', pong.url + '/pong').expect([404], lambda body: body != '', 'another path')
    Answer('-X', 'OPTIONS', pong.url).expect([204], '', 'OPTIONS')


for queue in 'auto', 'epoll', 'asio':
    with Pong(PONG, '-s', '-t', '2', '--queue', queue) as running:
        for test in [function for name, function in list(globals().items()) if name.startswith('test_')]:
            test(running)
        status = running.end(signal.SIGINT)[0]
    expect(status == 0, f'pong ended with {status}')
    if failures:
        sys.exit(f'pong --queue {queue} does not do well')
