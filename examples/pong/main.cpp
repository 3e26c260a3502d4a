// A microservice that answers POST /ping with the sequence number that it was sent, one manager a thread on a shared port.

#include "IOUringChoice.h"
#include "PingMessage.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <fmt/core.h>
#include <ichor/Ichor.h>
#include <ichor/event_queues/BoostAsioQueue.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/event_queues/QuitSignalScope.h>
#include <ichor/services/http/HttpHostService.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>
#include <ichor/services/logging/StdoutLogger.h>
#include <ichor/services/serialization/RapidJsonSerializer.h>
#include <memory>
#include <stdexcept>
#include <string>
#include <system_error>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Options {
    std::string address{"127.0.0.1"};
    std::uint16_t port{8001};
    unsigned threads{1};
    std::string queue{"auto"};
    bool isSilent{false};
    bool spins{false};
    int verbosity{0};
};

std::atomic<bool> hasFailed{false};

/// Ends the program with an error; raises the signal once, since a third signal would end the process at once.
void endAllThreads() noexcept {
    if (!hasFailed.exchange(true)) {
        static_cast<void>(std::raise(SIGTERM));
    }
}

class Pong final {
public:
    Pong(IHttpHostService &host, ISerializer<PingMessage> &serializer, ILogger &logger) : _serializer(serializer), _logger(logger) {
        _route = host.addRoute(HttpMethod::post, "/ping", [this](HttpRequest &request) { return answer(request); });
        _logger.info("pong listens on port {}", host.port());
    }

private:
    HttpResponse answer(HttpRequest &request) {
        _logger.trace("a body of {} bytes", request.body().size());
        auto const ping = _serializer.deserialize(request.body());
        if (!ping) {
            _logger.warn("refused: {}", ping.error().message());
            return HttpResponse::badRequest(ping.error().message());
        }
        _logger.debug("sequence {}", ping->sequence);
        return HttpResponse::json(_serializer.serialize(*ping));
    }

    ISerializer<PingMessage> &_serializer;
    ILogger &_logger;
    HttpRouteRegistration _route;
};

/// Ends the program when the host cannot start, which a server would otherwise wait for.
class Guard final : public AdvancedService<Guard> {
public:
    Guard(DependencyRegister &, Properties properties) : AdvancedService(std::move(properties)) {}

private:
    Task<Expected<void, StartError>> start() override {
        spawn(watch());
        co_return Expected<void, StartError>{};
    }

    Task<void> watch() {
        auto const started = co_await getManager().waitForStarted(ServiceId{getProperties().getOr<std::uint64_t>("Host", 0)});
        if (started || started.error() == StartError::CANCELLED) {
            co_return;
        }
        endAllThreads();
    }
};

LogLevel levelOf(Options const &options) {
    if (options.verbosity >= 2) {
        return LogLevel::LOG_TRACE;
    }
    return options.verbosity == 1 ? LogLevel::LOG_DEBUG : LogLevel::LOG_INFO;
}

int serve(IEventQueue &queue, Options const &options) {
    DependencyManager &dm = queue.createManager();
    Properties const logging{{"DefaultLogLevel", levelOf(options)}};
    if (options.isSilent) {
        dm.createServiceManager<LoggerFactory<NullLogger>, ILoggerFactory>(logging);
    } else {
        dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>(logging);
    }
    dm.createServiceManager<RapidJsonSerializer<PingMessage>, ISerializer<PingMessage>>();
    auto const host = dm.createServiceManager<HttpHostService, IHttpHostService>(
        Properties{{"Address", options.address}, {"Port", options.port}, {"ReusePort", options.threads > 1}});
    dm.createServiceManager<Pong>();
    dm.createServiceManager<Guard>(Properties{{"Host", host.getServiceId().value}});
    return queue.start(CaptureSigInt);
}

/// What "auto" stands for here, said in one line. Throws when what was asked for cannot be had.
std::string chooseQueue(Options const &options) {
    if (options.queue != "auto" && options.queue != "uring") {
        return options.queue;
    }
    IOUringChoice const choice = askForIOUring();
    if (!choice.isUsable && options.queue == "uring") {
        throw std::runtime_error("--queue uring: " + choice.why);
    }
    if (!options.isSilent) {
        fmt::print("pong runs on {}: {}\n", choice.isUsable ? "io_uring" : "epoll", choice.why);
        std::fflush(stdout); // for who reads it through a pipe
    }
    return choice.isUsable ? "uring" : "epoll";
}

std::unique_ptr<IEventQueue> makeQueue(std::string const &kind, Options const &options) {
    QueueOptions const queueOptions{.spin = options.spins ? Duration{50us} : Duration{0}};
    if (kind == "uring") {
        return makeIOUringQueue(queueOptions);
    }
    if (kind == "asio") {
        return std::make_unique<BoostAsioQueue>(queueOptions);
    }
    return std::make_unique<PriorityQueue>(queueOptions);
}

int run(std::string const &kind, Options const &options) {
    try {
        return serve(*makeQueue(kind, options), options);
    } catch (std::system_error const &error) {
        fmt::print(stderr, "pong: {}\n", error.what());
        endAllThreads();
        return 1;
    }
}

} // namespace

int main(int argc, char **argv) {
    Options options;
    CLI::App app{"Answers POST /ping with {\"sequence\": N}"};
    app.add_option("-a,--address", options.address, "address to listen on")->capture_default_str();
    app.add_option("-p,--port", options.port, "port to listen on")->capture_default_str();
    app.add_option("-t,--threads", options.threads, "threads that share the port")->capture_default_str()->check(CLI::Range(1U, 256U));
    app.add_option("--queue", options.queue, "kind of queue; auto: uring where it works, else epoll")
        ->capture_default_str()
        ->check(CLI::IsMember({"auto", "epoll", "asio", "uring"}));
    app.add_flag("-s,--silent", options.isSilent, "log nothing");
    app.add_flag("-v,--verbose", options.verbosity, "log each sequence number; twice: also how many bytes it came in");
    app.add_flag("--spin", options.spins, "look for work for 50 us before sleeping");
    CLI11_PARSE(app, argc, argv);

    std::string kind;
    try {
        kind = chooseQueue(options);
    } catch (std::exception const &error) {
        fmt::print(stderr, "pong: {}\n", error.what());
        return 1;
    }

    std::atomic<int> status{0};
    QuitSignalScope const signals; // also a thread that begins after one ends by it
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options.threads; ++i) {
        threads.emplace_back([&] {
            if (int const result = run(kind, options); result != 0) {
                status = result;
            }
        });
    }
    if (int const result = run(kind, options); result != 0) {
        status = result;
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    return hasFailed ? 1 : status.load();
}
