#include "ManagerLog.h"

#include "InterfaceIndex.h"
#include <cstdio>
#include <fmt/core.h>
#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/model/Cancelled.h>

namespace Ichor::Detail {

namespace {

IFrameworkLogger *findLogger(InterfaceIndex const &index) noexcept {
    InterfaceEntry *entry = index.find(INTERFACE_TYPE<IFrameworkLogger>);
    if (entry == nullptr || entry->offers.isEmpty()) {
        return nullptr;
    }
    return static_cast<IFrameworkLogger *>(entry->offers.front().object);
}

void toStandardError(char const *level, std::string const &text) noexcept { std::fprintf(stderr, "Ichor %s: %s\n", level, text.c_str()); }

// A log line must not become a second failure.
template <typename F>
void quietly(F &&write) noexcept {
    try {
        write();
    } catch (...) {}
}

} // namespace

std::string describe(std::exception_ptr const &error) {
    if (!error) {
        return "unknown error";
    }
    try {
        std::rethrow_exception(error);
    } catch (std::exception const &e) {
        return e.what();
    } catch (Cancelled const &) {
        return "cancelled";
    } catch (std::string const &text) {
        return text;
    } catch (char const *text) {
        return text;
    } catch (...) {
        return "an exception that is no std::exception";
    }
}

void ManagerLog::callbackThrew(ServiceRecord const &service, std::string_view callback, std::exception_ptr const &error) noexcept {
    quietly([&] { this->error(fmt::format("{} #{}: {} threw: {}", service.name, service.id.value, callback, describe(error))); });
}

void ManagerLog::callbackThrew(std::string_view callback, std::exception_ptr const &error) noexcept {
    quietly([&] { this->error(fmt::format("{} threw: {}", callback, describe(error))); });
}

void ManagerLog::startFailed(ServiceRecord const &service) noexcept {
    quietly([&] {
        error(fmt::format("{} #{} failed to start: {}", service.name, service.id.value,
                          service.failure ? service.failure->message() : "out of memory"));
    });
}

void ManagerLog::overdue(ServiceRecord const &service, std::string_view what) noexcept {
    quietly([&] { error(fmt::format("{} #{} exceeded its deadline: {}", service.name, service.id.value, what)); });
}

void ManagerLog::coroutinesOverdue(std::size_t count) noexcept {
    quietly(
        [&] { error(fmt::format("coroutines of no service exceeded their deadline: {} do not end although they are cancelled", count)); });
}

void ManagerLog::stillWaiting(std::string const &explanation) noexcept {
    quietly([&] { warn(explanation); });
}

void ManagerLog::moreStillWaiting(std::size_t count) noexcept {
    quietly(
        [&] { warn(fmt::format("services that still wait, besides those above: {}; DependencyManager::explain() says for what", count)); });
}

void ManagerLog::error(std::string const &text) noexcept {
    quietly([&] {
        if (IFrameworkLogger *logger = findLogger(_index)) {
            logger->error("{}", text);
        } else {
            toStandardError("error", text);
        }
    });
}

void ManagerLog::warn(std::string const &text) noexcept {
    quietly([&] {
        if (IFrameworkLogger *logger = findLogger(_index)) {
            logger->warn("{}", text);
        } else {
            toStandardError("warning", text);
        }
    });
}

} // namespace Ichor::Detail
