#include <ichor/events/EventHolder.h>

#include <ichor/event_queues/EventStore.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <utility>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace Ichor::Detail;

namespace {

template <std::size_t SIZE>
struct Owning final : EventOf<Owning<SIZE>> {
    explicit Owning(std::shared_ptr<int> v) noexcept : value(std::move(v)) {}
    std::shared_ptr<int> value;
    std::array<char, SIZE> bytes{};
};

struct alignas(64) OverAligned final : EventOf<OverAligned> {
    explicit OverAligned(std::shared_ptr<int> v) noexcept : value(std::move(v)) {}
    std::shared_ptr<int> value;
};

} // namespace

TEMPLATE_TEST_CASE("EventHolder: an event lives on in it when the queue has gone on", "[event]", Owning<1>, Owning<800>, Owning<5000>,
                   OverAligned) {
    auto value = std::make_shared<int>(5);
    EventHolder holder;
    CHECK_FALSE(static_cast<bool>(holder));
    {
        EventStore store;
        store.emplace<TestType, Accounting::COUNTED>(9, ServiceId{4}, Priority{3}, value);
        holder = EventHolder::take(*store.front());
        store.popFront();
        CHECK(value.use_count() == 2);
        store.emplace<TestType, Accounting::COUNTED>(10, ServiceId{4}, Priority{3}, value);
    }
    REQUIRE(static_cast<bool>(holder));
    CHECK(holder->id() == 9);
    CHECK(holder->origin() == ServiceId{4});
    CHECK(holder->priority() == Priority{3});
    CHECK(holder->type() == TestType::TYPE);
    CHECK(static_cast<TestType &>(*holder).value == value);
    CHECK(reinterpret_cast<std::uintptr_t>(holder.get()) % alignof(TestType) == 0);

    EventHolder other(std::move(holder));
    CHECK_FALSE(static_cast<bool>(holder));
    CHECK(value.use_count() == 2);
    other = EventHolder();
    CHECK(value.use_count() == 1);
}
