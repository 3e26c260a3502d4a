#include <ichor/events/RunFunctionEvent.h>
#include <ichor/events/RunFunctionEventAsync.h>

#include <memory>
#include <type_traits>
#include <utility>

#include <catch2/catch.hpp>

namespace Ichor {
// What a function event hands on is only a reference; here it refers to anything that has the name.
class DependencyManager {};
} // namespace Ichor

using namespace Ichor;

namespace {

template <class E, class F>
using StoredAs = typename E::template StoredFor<F>;

} // namespace

TEST_CASE("RunFunctionEvent: runs a callable with or without the manager", "[event]") {
    DependencyManager manager;
    int calls = 0;
    DependencyManager *given = nullptr;

    auto plain = [&calls] { ++calls; };
    StoredAs<RunFunctionEvent, decltype(plain)> event(plain);
    static_cast<RunFunctionEvent &>(event).run(manager);
    CHECK(calls == 1);

    auto withManager = [&given](DependencyManager &dm) { given = &dm; };
    StoredAs<RunFunctionEvent, decltype(withManager)> eventWithManager(withManager);
    static_cast<RunFunctionEvent &>(eventWithManager).run(manager);
    CHECK(given == &manager);
}

TEST_CASE("RunFunctionEvent: keeps a callable that can only be moved, and may change it", "[event]") {
    DependencyManager manager;
    int seen = 0;
    auto owning = [value = std::make_unique<int>(3), &seen]() mutable { seen = (*value)++; };
    StoredAs<RunFunctionEvent, decltype(owning)> event(std::move(owning));
    event.run(manager);
    event.run(manager);
    CHECK(seen == 4);
}

TEST_CASE("RunFunctionEvent: takes no more room than its callable", "[event]") {
    auto small = [] {};
    void *a = nullptr;
    void *b = nullptr;
    auto two = [a, b] { static_cast<void>(a == b); };
    CHECK(sizeof(StoredAs<RunFunctionEvent, decltype(small)>) <= 48);
    CHECK(sizeof(StoredAs<RunFunctionEvent, decltype(two)>) <= 56);
    CHECK(StoredAs<RunFunctionEvent, decltype(small)>::TYPE == RunFunctionEvent::TYPE);
}

TEST_CASE("RunFunctionEventAsync: makes the task, which does not run by itself", "[event]") {
    DependencyManager manager;
    bool hasRun = false;
    auto coroutine = [&hasRun]() -> Task<void> {
        hasRun = true;
        co_return;
    };
    StoredAs<RunFunctionEventAsync, decltype(coroutine)> event(coroutine);
    Task<void> task = static_cast<RunFunctionEventAsync &>(event).run(manager);
    CHECK(static_cast<bool>(task));
    CHECK_FALSE(hasRun);
}
