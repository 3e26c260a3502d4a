// Two services, a logger for each, and an orderly end.

#include <ichor/Ichor.h>
#include <ichor/event_queues/PriorityQueue.h>
#include <ichor/services/logging/LoggerFactory.h>
#include <ichor/services/logging/StdoutLogger.h>

using namespace Ichor;

struct IGreeter {
    virtual ~IGreeter() = default;
    virtual void greet(std::string_view who) = 0;
};

class Greeter final : public IGreeter {
public:
    explicit Greeter(ILogger &logger) : _logger(logger) {}
    void greet(std::string_view who) override { _logger.info("Hello, {}!", who); }

private:
    ILogger &_logger;
};

class App final {
public:
    App(IGreeter &greeter, IEventQueue &queue, IService &self) {
        greeter.greet("world");
        queue.pushEvent<QuitEvent>(self.getServiceId());
    }
};

int main() {
    PriorityQueue queue;
    DependencyManager &dm = queue.createManager();
    dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>(Properties{{"DefaultLogLevel", LogLevel::LOG_INFO}});
    dm.createServiceManager<Greeter, IGreeter>();
    dm.createServiceManager<App>();
    return queue.start(CaptureSigInt);
}
