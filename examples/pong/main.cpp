// A microservice that answers POST /ping with the sequence number that it was sent, one manager a thread on a shared port.

#include "PingMessage.h"

#include <CLI/CLI.hpp>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <ichor/Ichor.h>
#include <ichor/event_queues/BoostAsioQueue.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/http/HttpHostService.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/NullLogger.h>
#include <ichor/services/logging/StdoutLogger.h>
#include <ichor/services/serialization/RapidJsonSerializer.h>
#include <thread>
#include <vector>

using namespace Ichor;
using namespace std::chrono_literals;

namespace {

struct Options {
    std::string address{"127.0.0.1"};
    std::uint16_t port{8001};
    unsigned threads{1};
    std::string queue{"epoll"};
    bool isSilent{false};
    bool spins{false};
    int verbosity{0};
};

std::atomic<bool> hasFailed{false};

class Pong final {
public:
    Pong(IHttpHostService &host, ISerializer<PingMessage> &serializer, ILogger &logger) : _serializer(serializer), _logger(logger) {
        _route = host.addRoute(HttpMethod::post, "/ping", [this](HttpRequest &request) { return answer(request); });
        _logger.info("pong listens on port {}", host.port());
    }

private:
    HttpResponse answer(HttpRequest &request) {
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
        hasFailed = true;
        static_cast<void>(std::raise(SIGTERM)); // all threads end, and not just this one
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

int run(Options const &options) {
    if (options.queue == "asio") {
        BoostAsioQueue queue;
        return serve(queue, options);
    }
    PriorityQueue queue{QueueOptions{.spin = options.spins ? Duration{50us} : Duration{0}}};
    return serve(queue, options);
}

} // namespace

int main(int argc, char **argv) {
    Options options;
    CLI::App app{"Answers POST /ping with {\"sequence\": N}"};
    app.add_option("-a,--address", options.address, "address to listen on")->capture_default_str();
    app.add_option("-p,--port", options.port, "port to listen on")->capture_default_str();
    app.add_option("-t,--threads", options.threads, "threads that share the port")->capture_default_str()->check(CLI::Range(1U, 256U));
    app.add_option("--queue", options.queue, "kind of queue")->capture_default_str()->check(CLI::IsMember({"epoll", "asio"}));
    app.add_flag("-s,--silent", options.isSilent, "log nothing");
    app.add_flag("-v,--verbose", options.verbosity, "log more; twice: everything");
    app.add_flag("--spin", options.spins, "look for work for 50 us before sleeping");
    CLI11_PARSE(app, argc, argv);

    std::atomic<int> status{0};
    std::vector<std::thread> threads;
    for (unsigned i = 1; i < options.threads; ++i) {
        threads.emplace_back([&] {
            if (int const result = run(options); result != 0) {
                status = result;
            }
        });
    }
    if (int const result = run(options); result != 0) {
        status = result;
    }
    for (std::thread &thread : threads) {
        thread.join();
    }
    return hasFailed ? 1 : status.load();
}
