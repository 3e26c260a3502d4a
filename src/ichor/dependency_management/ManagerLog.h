#pragma once

#include <cstddef>
#include <exception>
#include <ichor/dependency_management/ServiceRecord.h>
#include <string>
#include <string_view>

namespace Ichor::Detail {

class InterfaceIndex;

/// What the text of an exception is for people.
[[nodiscard]] std::string describe(std::exception_ptr const &error);

/// Where the manager says what went wrong: to the IFrameworkLogger that is ACTIVE, else to standard error, so that no failure is silent.
///
/// Threads: the manager's own
/// Errors:  none: a line for which there is no memory is lost
class ManagerLog final {
public:
    explicit ManagerLog(InterfaceIndex const &index) noexcept : _index(index) {}
    ManagerLog(ManagerLog const &) = delete;
    ManagerLog &operator=(ManagerLog const &) = delete;

    void callbackThrew(ServiceRecord const &service, std::string_view callback, std::exception_ptr const &error) noexcept;
    void callbackThrew(std::string_view callback, std::exception_ptr const &error) noexcept;
    void startFailed(ServiceRecord const &service) noexcept;
    void overdue(ServiceRecord const &service, std::string_view what) noexcept;
    /// The same of coroutines that belong to no service.
    void coroutinesOverdue(std::size_t count) noexcept;
    void stillWaiting(std::string const &explanation) noexcept;
    /// As many more, of which each has no line of its own.
    void moreStillWaiting(std::size_t count) noexcept;

private:
    void error(std::string const &text) noexcept;
    void warn(std::string const &text) noexcept;

    InterfaceIndex const &_index;
};

} // namespace Ichor::Detail
