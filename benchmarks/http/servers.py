"""The servers that are compared: how to start each, what it needs, and when it takes part. A new one is a new row."""

import os
import pathlib
import shutil
import subprocess
from dataclasses import dataclass, field

HERE = pathlib.Path(__file__).parent

EXPRESS = """
const express = require('express');
const app = express();
app.disable('x-powered-by');
app.set('etag', false);
app.post('/ping', express.json(), (request, response) => response.json({ sequence: request.body.sequence }));
app.listen(Number(process.argv[2]), '127.0.0.1', 4096);
"""

FASTHTTP = """
package main

import (
	"encoding/json"
	"os"

	"github.com/valyala/fasthttp"
)

type ping struct {
	Sequence uint64 `json:"sequence"`
}

func main() {
	server := fasthttp.Server{NoDefaultServerHeader: true, Handler: func(context *fasthttp.RequestCtx) {
		var message ping
		if string(context.Path()) != "/ping" || !context.IsPost() {
			context.SetStatusCode(fasthttp.StatusNotFound)
			return
		}
		if json.Unmarshal(context.PostBody(), &message) != nil {
			context.SetStatusCode(fasthttp.StatusBadRequest)
			return
		}
		answer, _ := json.Marshal(message)
		context.SetContentType("application/json")
		context.SetBody(answer)
	}}
	if err := server.ListenAndServe("127.0.0.1:" + os.Args[1]); err != nil {
		panic(err)
	}
}
"""

NGINX = """
worker_processes 1;
worker_rlimit_nofile 20000;
daemon off;
pid {folder}/nginx.pid;
error_log /dev/null crit;
events {{ worker_connections 32768; multi_accept on; use epoll; }}
http {{
    access_log off;
    keepalive_requests 1000000000;
    keepalive_timeout 600s;
    client_body_temp_path {folder}/body;
    proxy_temp_path {folder}/proxy;
    fastcgi_temp_path {folder}/fastcgi;
    uwsgi_temp_path {folder}/uwsgi;
    scgi_temp_path {folder}/scgi;
    server {{
        listen 127.0.0.1:{port} backlog=4096;
        location /ping {{ default_type application/json; return 200 '{{"sequence":2}}'; }}
    }}
}}
"""


@dataclass
class Server:
    name: str
    command: list  # {build}, {folder} and {port} are replaced
    what: str
    environment: dict = field(default_factory=dict)
    connections: tuple = ()  # takes part only at these; () = at all
    prepare: object = None  # (folder, port) before each start
    make: object = None  # (folder): once; the reason why it is missing, or nothing

    def is_ours(self):
        """Built here, and so in a language whose allocations can be counted."""
        return self.command[0].startswith("{build}")

    def missing(self, build, folder):
        """Why this one cannot run; nothing when it can."""
        if self.make:
            return self.make(folder)
        program = pathlib.Path(self.command[0].format(build=build, folder=folder, port=0))
        return None if program.exists() else f"{program.name} was left out of the build"

    def arguments(self, build, folder, port):
        if self.prepare:
            self.prepare(folder, port)
        return [part.format(build=build, folder=folder, port=port) for part in self.command]


def run_quietly(folder, *command, **environment):
    done = subprocess.run(command, cwd=folder, env={**os.environ, **environment}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    return None if done.returncode == 0 else (done.stdout.strip().splitlines() or ["failed"])[-1]


def renew(file, text):
    """False: it says that already."""
    if file.exists() and file.read_text() == text:
        return False
    file.write_text(text)
    return True


def make_express(folder):
    if not shutil.which("node") or not shutil.which("npm"):
        return "node and npm are not installed"
    if not renew(folder / "express.js", EXPRESS) and (folder / "node_modules/express").exists():
        return None
    if why := run_quietly(folder, "npm", "install", "--no-audit", "--no-fund", "--no-save", "--prefix", str(folder), "express"):
        return f"npm install express: {why}"
    return None


def make_fasthttp(folder):
    """Debian's own package of it, so that nothing has to be fetched."""
    source = pathlib.Path("/usr/share/gocode/src/github.com/valyala/fasthttp")
    if not shutil.which("go") or not source.exists():
        return "not installed (on Debian: apt-get install golang-go golang-github-valyala-fasthttp-dev)"
    if not renew(folder / "fasthttp.go", FASTHTTP) and (folder / "fasthttp").exists():
        return None
    gopath = {"GO111MODULE": "off", "GOPATH": "/usr/share/gocode", "GOFLAGS": "", "GOCACHE": str(folder / "gocache")}
    if why := run_quietly(folder, "go", "build", "-o", "fasthttp", "fasthttp.go", **gopath):
        return f"go build: {why}"
    return None


def make_nginx(folder):
    return None if shutil.which("nginx", path=os.environ["PATH"] + ":/usr/sbin") else "not installed (on Debian: apt-get install nginx-light)"


def configure_nginx(folder, port):
    (folder / "nginx.conf").write_text(NGINX.format(folder=folder, port=port))


BARE = "bare epoll"
BARE_URING = "bare uring"

SERVERS = [
    Server(BARE, ["{build}/benchmarks/bare_epoll_benchmark", "-p", "{port}"], "reads, finds the end of the request, writes fixed bytes"),
    Server(
        "bare epoll --spin",
        ["{build}/benchmarks/bare_epoll_benchmark", "-p", "{port}", "--spin", "50"],
        "the same, looking for work for 50 µs before it sleeps",
        connections=(2,),
    ),
    Server(BARE_URING, ["{build}/benchmarks/bare_uring_benchmark", "-p", "{port}"], "the bare loop by io_uring: multishot accept and receive, the sends of a turn in one call"),
    Server("pong", ["{build}/examples/ichor_pong_example", "-s", "--queue", "epoll", "-p", "{port}"], "Ichor: `HttpHostService` on `PriorityQueue`, one thread"),
    Server(
        "pong --spin",
        ["{build}/examples/ichor_pong_example", "-s", "--queue", "epoll", "-p", "{port}", "--spin"],
        "the same, looking for work for 50 µs before it sleeps",
        connections=(2,),
    ),
    Server("pong uring", ["{build}/examples/ichor_pong_example", "-s", "--queue", "uring", "-p", "{port}"], "the same program on `IOUringQueue`"),
    Server("Boost.Beast", ["{build}/benchmarks/beast_benchmark", "-p", "{port}"], "`beast_benchmark`: Beast and Asio alone, RapidJSON, no timers"),
    Server(
        "nginx",
        ["nginx", "-c", "{folder}/nginx.conf", "-p", "{folder}"],
        "one worker, `return 200` with fixed bytes",
        prepare=configure_nginx,
        make=make_nginx,
    ),
    Server("fasthttp", ["{folder}/fasthttp", "{port}"], "Go, `GOMAXPROCS=1`, `encoding/json`", environment={"GOMAXPROCS": "1"}, make=make_fasthttp),
    Server("Express", ["node", "{folder}/express.js", "{port}"], "node, one process, `express.json()`", environment={"NODE_ENV": "production"}, make=make_express),
]
