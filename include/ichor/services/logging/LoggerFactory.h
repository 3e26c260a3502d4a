#pragma once

#include <ichor/dependency_management/AdvancedService.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/dependency_management/DependencyRegister.h>
#include <ichor/dependency_management/IdTable.h>
#include <ichor/logging/ILogger.h>
#include <ichor/services/logging/ILoggerFactory.h>
#include <ichor/services/logging/LoggerConfig.h>

#include <concepts>
#include <type_traits>
#include <utility>
#include <vector>

namespace Ichor {

/// Makes a logger of type L for each service that requires ILogger, which nobody else is given. L is a service class of its own, like
/// StdoutLogger; one that takes Properties is told the level and whose lines it writes (see LoggerConfig).
///
/// The level is the requester's property "LogLevel", else the factory's "DefaultLogLevel", else LOG_INFO; each is a LogLevel or its name.
///
/// Threads:   the manager's own
/// Errors:    a "DefaultLogLevel" of the wrong kind fails the factory's start; a requester's wrong "LogLevel" fails its logger's, which
///            explain() then shows as the reason why the requester waits
/// Example:   dm.createServiceManager<LoggerFactory<StdoutLogger>, ILoggerFactory>(Properties{{"DefaultLogLevel", LogLevel::LOG_WARN}});
template <std::derived_from<ILogger> L>
class LoggerFactory final : public ILoggerFactory, public AdvancedService<LoggerFactory<L>> {
public:
    LoggerFactory(DependencyRegister &, Properties properties) : AdvancedService<LoggerFactory<L>>(std::move(properties)) {}

    [[nodiscard]] LogLevel getDefaultLogLevel() const noexcept override { return _defaultLevel; }

    void setDefaultLogLevel(LogLevel level) override {
        _defaultLevel = level;
        _loggers.forEach([&](Made made) {
            if (made.hasOwnLevel) return;
            if (ILogger *logger = this->getManager().template getService<ILogger>(made.id)) return logger->setLogLevel(level);
            // One that has not been built yet reads the level from its properties.
            if (std::is_default_constructible_v<L>) return;
            IService *unbuilt = this->getManager().getIService(made.id);
            if (unbuilt != nullptr) Detail::ServiceRecord::of(*unbuilt).properties.insert_or_assign("LogLevel", level);
        });
    }

    void handleDependencyRequest(DependencyRequest<ILogger> const &request) {
        if (_loggers.find(request.requester)) return;
        bool const hasOwnLevel = request.service.getProperties().contains("LogLevel");
        ServiceId const logger = this->getManager().template createServiceManager<L, ILogger>(
            propertiesFor(request.service), OnlyFor{request.requester}, request.service.getServicePriority());
        _loggers.set(request.requester, Made{logger, hasOwnLevel});
    }

    void handleDependencyUndoRequest(DependencyUndoRequest<ILogger> const &request) {
        Made const made = _loggers.find(request.requester);
        if (!made) return;
        _loggers.erase(request.requester);
        this->getManager().removeService(made.id);
    }

private:
    struct Made {
        explicit operator bool() const noexcept { return id.isValid(); }

        ServiceId id;
        bool hasOwnLevel = false;
    };

    Task<Expected<void, StartError>> start() override {
        auto const level = readLogLevel(this->getProperties(), "DefaultLogLevel", LogLevel::LOG_INFO);
        if (!level) co_return this->fail(level.error().message());
        _defaultLevel = *level;
        _tracker = this->getManager().template registerDependencyTracker<ILogger>(this, *this);
        co_return {};
    }

    Task<void> stop() override {
        _tracker.reset();
        _loggers.forEach([&](Made made) { this->getManager().removeService(made.id); });
        _loggers.clear();
        return {};
    }

    Properties propertiesFor(IService const &requester) const {
        Properties properties;
        if constexpr (!std::is_default_constructible_v<L>) {
            // Passed on as it is: the logger says what is wrong with it.
            auto const &own = requester.getProperties();
            auto const level = own.find("LogLevel");
            properties.reserve(2);
            properties.emplace("LogLevel", level != own.end() ? level->second : Any(_defaultLevel));
            properties.emplace("ServiceName", requester.getServiceName());
        }
        return properties;
    }

    LogLevel _defaultLevel = LogLevel::LOG_INFO;
    DependencyTrackerRegistration _tracker;
    Detail::IdTable<Made, 6> _loggers{Detail::ServiceRecord::memoryOf(this->getManager())}; // by requester
};

} // namespace Ichor
