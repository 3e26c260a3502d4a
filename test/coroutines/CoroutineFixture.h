#pragma once

#include <coroutines/FakeResumer.h>
#include <ichor/coroutines/GeneratorRoot.h>
#include <ichor/coroutines/Root.h>
#include <ichor/coroutines/Scope.h>
#include <ichor/coroutines/Task.h>

#include <exception>
#include <string>
#include <utility>
#include <vector>

namespace Ichor::Testing {

/// Keeps how its coroutine ended.
template <class T>
class TestRoot final : public Root<T> {
public:
    [[nodiscard]] bool hasSucceeded() const { return endings == 1 && outcome.error == nullptr && !outcome.cancelled; }
    [[nodiscard]] bool wasCancelled() const { return endings == 1 && outcome.error == nullptr && outcome.cancelled; }
    [[nodiscard]] std::string error() const { return endings == 1 ? messageOf(outcome.error) : "has not ended once"; }

    static std::string messageOf(std::exception_ptr const &error) {
        if (error == nullptr) return {};
        try {
            std::rethrow_exception(error);
        } catch (std::exception const &e) {
            return e.what();
        } catch (...) {
            return "no std::exception";
        }
    }

    Outcome<T> outcome;
    int endings = 0;

private:
    void finished(Outcome<T> result) noexcept override {
        outcome = std::move(result);
        ++endings;
    }
};

/// Counts how many of its kind exist: a local of a coroutine that shows whether the frame was destroyed.
class Witness {
public:
    explicit Witness(int &alive) : _alive(alive) { ++_alive; }
    Witness(Witness const &other) : _alive(other._alive) { ++_alive; }
    Witness &operator=(Witness const &) = delete;
    ~Witness() { --_alive; }

private:
    int &_alive;
};

/// A queue, and ways to start coroutines on it.
class CoroutineFixture {
public:
    template <class T>
    void launch(TestRoot<T> &root, Task<T> task, Scope *scope = nullptr, Priority priority = DEFAULT_PRIORITY) {
        root.launch(std::move(task), scope, resumer, priority, ServiceId{1});
    }

    std::size_t runUntilIdle() { return resumer.runUntilIdle(); }

    FakeResumer resumer;
};

} // namespace Ichor::Testing
