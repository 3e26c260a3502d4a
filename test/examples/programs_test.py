#!/usr/bin/env python3
"""Pong and ping as somebody runs them: what they answer, what they say when something is wrong, and how they end.

Usage: programs_test.py PONG PING      exit status: 0 all well, 1 not
"""
import json
import signal
import socket
import subprocess
import sys

from pong import PATIENCE, Pong
from ports import free_port

PONG, PING = sys.argv[1:3]
failures = []


def expect(is_so, what):
    if not is_so:
        failures.append(what)
        print(f'FAILED: {what}')


def run(*command):
    return subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE, check=False)


def test_answers():
    for threads in ('1', '2', '8'):
        with Pong(PONG, '-t', threads) as pong:
            for number in range(20):
                expect(pong.ask(json.dumps({'sequence': number})) == (200, f'{{"sequence":{number}}}'), f'-t {threads}: sequence {number}')


def test_bad_bodies():
    with Pong(PONG, '-s') as pong:
        for body, hint in (('', ''), ('{', ''), ('[]', ''), ('{"sequence": "x"}', 'sequence'), ('{"sequence": -1}', 'sequence'),
                           ('{"sequence": 1.5}', 'sequence'), ('{}', 'sequence'), ('{"sequence": 99999999999999999999}', 'sequence'),
                           ('nonsense', ''), ('{"sequence": 1} x', '')):
            status, text = pong.ask(body)
            expect(status == 400, f'{body!r}: status {status}')
            expect(len(text) > 10 and hint in text, f'{body!r}: the answer does not say what is wrong: {text!r}')
        expect(pong.ask('', 'GET')[0] == 405, 'GET /ping')
        expect(pong.ask('{}', path='/pong')[0] == 404, 'POST /pong')
        expect(pong.ask('{"sequence": 3}')[0] == 200, 'after all that')


def test_end():
    for how in (signal.SIGINT, signal.SIGTERM):
        for threads in ('1', '2', '8') * 3:
            with Pong(PONG, '-t', threads) as pong:
                idle = socket.create_connection(('127.0.0.1', pong.port), timeout=PATIENCE)
                half = socket.create_connection(('127.0.0.1', pong.port), timeout=PATIENCE)
                half.sendall(b'POST /ping HTTP/1.1\r\nHost: h\r\nContent-Le')
                pong.ask('{"sequence": 1}')
                status, took = pong.end(how)
                idle.close()
                half.close()
                expect(status == 0, f'{how.name}, -t {threads}: status {status}, {pong.output}')
                times.append(took)


def test_bad_options():
    for program in (PONG, PING):
        for options in (['--nonsense'], ['-p', 'x'], ['-p', '70000'], ['-p', '-1'], ['surplus']):
            result = run(program, *options)
            expect(result.returncode not in (0, None) and result.returncode > 0, f'{options}: status {result.returncode}')
            expect(result.stderr + result.stdout != '', f'{options}: says nothing')
    for options in (['-t', '0'], ['-t', 'many'], ['--queue', 'magic']):
        result = run(PONG, *options)
        expect(result.returncode > 0 and options[0].lstrip('-') in result.stderr + result.stdout, f'pong {options}: {result}')
    for options in (['--rate', '0'], ['--rate', 'fast'], ['--duration', '-1']):
        result = run(PING, *options)
        expect(result.returncode > 0 and options[0] in result.stderr + result.stdout, f'ping {options}: {result}')
    for program in (PONG, PING):
        expect(run(program, '--help').returncode == 0, '--help')


def test_refused_places():
    with Pong(PONG) as pong:
        for threads in ('1', '2', '8'):
            second = run(PONG, '-p', str(pong.port), '-t', threads)
            expect(second.returncode == 1, f'port taken, -t {threads}: status {second.returncode}')
            expect(f'{pong.port}' in second.stderr + second.stdout and 'in use' in second.stderr + second.stdout, f'port taken: {second}')
    result = run(PONG, '-a', 'no address', '-p', str(free_port()))
    expect(result.returncode == 1 and 'no address' in result.stderr + result.stdout, f'-a "no address": {result}')


def test_ping():
    with Pong(PONG, '-t', '2') as pong:
        result = run(PING, '-p', str(pong.port), '--rate', '100', '--duration', '1')
        expect(result.returncode == 0, f'ping: {result}')
        expect('seq=1 time=' in result.stdout and 'min/p50/p99/max: ' in result.stdout and ' 0 failures' in result.stdout, f'ping: {result}')
        silent = run(PING, '-p', str(pong.port), '-s', '--duration', '0.2')
        expect(silent.returncode == 0 and 'seq=' not in silent.stdout and 'min/p50' in silent.stdout, f'ping -s: {silent}')


def test_dead_server():
    result = run(PING, '-p', str(free_port()), '--duration', '0.5')
    expect(result.returncode == 1, f'ping without pong: status {result.returncode}')
    expect('refused' in result.stdout + result.stderr, f'ping without pong: {result}')


times = []
for test in [function for name, function in list(globals().items()) if name.startswith('test_')]:
    test()
print('pong ended after ' + ', '.join(f'{took:.2f}' for took in times) + ' s')
# A machine that stands still for a moment stretches one of them; a way to end that is slow by itself shows in each of its three tries.
expect(sum(took > 1 for took in times) <= 1, 'more than one took over a second to end')
expect(max(times) < 5, 'one took 5 s to end')
sys.exit(1 if failures else 0)
