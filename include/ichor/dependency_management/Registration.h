#pragma once

#include <cstdint>
#include <memory>
#include <utility>

namespace Ichor {

namespace Detail {

class RegistrationTable;

/// Lets a registration outlive its manager: the manager clears `table` when it goes.
struct RegistrationLink {
    RegistrationTable *table;
};

/// Whatever keeps registrations and can forget one.
class RegistrationTable {
public:
    virtual void forget(std::uint64_t key) noexcept = 0;

protected:
    ~RegistrationTable() = default;
};

} // namespace Detail

/// Something registered for as long as this value lives. Default-constructed or moved-from, it holds nothing.
///
/// Threads:  the manager's own
/// Lifetime: may outlive the manager; may be reset from inside the callback that it registered
template <typename Kind>
class Registration final {
public:
    Registration() noexcept = default;
    Registration(std::shared_ptr<Detail::RegistrationLink> link, std::uint64_t key) noexcept : _link(std::move(link)), _key(key) {}
    Registration(Registration &&other) noexcept : _link(std::exchange(other._link, nullptr)), _key(other._key) {}
    Registration &operator=(Registration &&other) noexcept {
        if (this != &other) {
            reset();
            _link = std::exchange(other._link, nullptr);
            _key = other._key;
        }
        return *this;
    }
    Registration(Registration const &) = delete;
    Registration &operator=(Registration const &) = delete;
    ~Registration() { reset(); }

    void reset() noexcept {
        auto const link = std::exchange(_link, nullptr);
        if (link && link->table != nullptr) {
            link->table->forget(_key);
        }
    }

    [[nodiscard]] bool isRegistered() const noexcept { return _link && _link->table != nullptr; }
    explicit operator bool() const noexcept { return isRegistered(); }

private:
    std::shared_ptr<Detail::RegistrationLink> _link;
    std::uint64_t _key = 0;
};

using EventHandlerRegistration = Registration<struct EventHandlerKind>;
using EventInterceptorRegistration = Registration<struct EventInterceptorKind>;
using EventCompletionHandlerRegistration = Registration<struct EventCompletionKind>;
using DependencyTrackerRegistration = Registration<struct DependencyTrackerKind>;

} // namespace Ichor
