#include <ichor/event_queues/RealtimeQueue.h>

#include <ichor/model/Properties.h>

#include <chrono>
#include <string>

#include <catch2/catch.hpp>

using namespace Ichor;
using namespace std::chrono_literals;
using namespace std::string_literals;

namespace {

std::string errorOf(Properties const &properties) {
    auto settings = RealtimeSettings::from(properties);
    return settings ? "" : std::string(settings.error().message());
}

} // namespace

TEST_CASE("RealtimeSettings: are read from properties, and what is not there keeps its default", "[realtime]") {
    auto const settings = RealtimeSettings::from(Properties{{"Realtime", "BestEffort"s},
                                                            {"Priority", 80},
                                                            {"Cpus", "0,2-4"s},
                                                            {"BusyPoll", true},
                                                            {"LockMemory", false},
                                                            {"StackBytes", 1000},
                                                            {"HeapBytes", 2000},
                                                            {"Capacity", 100},
                                                            {"EventBytes", 128},
                                                            {"Priorities", "10,500"s},
                                                            {"DeadlineCapacity", 12},
                                                            {"DeadlinePriority", 34},
                                                            {"UrgentBelow", 56},
                                                            {"Timers", 3},
                                                            {"Coroutines", 78},
                                                            {"MeasureLatency", false}});
    REQUIRE(settings);
    CHECK(settings->realtime == Realtime::BestEffort);
    CHECK(settings->priority == 80);
    CHECK(settings->cpus == std::vector<unsigned>{0, 2, 3, 4});
    CHECK(settings->whenIdle == WhenIdle::BUSY_POLL);
    CHECK_FALSE(settings->isMemoryLocked);
    CHECK(settings->stackBytes == 1000);
    CHECK(settings->heapBytes == 2000);
    CHECK(settings->capacity == 100);
    CHECK(settings->eventBytes == 128);
    CHECK(settings->priorities == std::vector<Priority>{Priority{10}, Priority{500}});
    CHECK(settings->deadlineCapacity == 12);
    CHECK(settings->deadlinePriority == Priority{34});
    CHECK(settings->urgentBelow == Priority{56});
    CHECK(settings->timers == 3);
    CHECK(settings->coroutines == 78);
    CHECK_FALSE(settings->isLatencyMeasured);
    CHECK_FALSE(settings->deadlineBudget);

    auto const defaults = RealtimeSettings::from(Properties{});
    REQUIRE(defaults);
    CHECK(defaults->realtime == Realtime::Required);
    CHECK(defaults->coroutines == RealtimeSettings{}.coroutines);
    CHECK(defaults->isLatencyMeasured);
}

TEST_CASE("RealtimeSettings: a deadline budget needs its runtime and period; its deadline is the period when nothing is said",
          "[realtime]") {
    auto const settings = RealtimeSettings::from(Properties{{"DeadlineRuntime", 200us}, {"DeadlinePeriod", 1ms}});
    REQUIRE(settings);
    REQUIRE(settings->deadlineBudget);
    CHECK(settings->deadlineBudget->runtime == 200us);
    CHECK(settings->deadlineBudget->deadline == 1ms);

    auto const shorter =
        RealtimeSettings::from(Properties{{"DeadlineRuntime", 200us}, {"DeadlineDeadline", 500us}, {"DeadlinePeriod", 1ms}});
    REQUIRE(shorter);
    REQUIRE(shorter->deadlineBudget);
    CHECK(shorter->deadlineBudget->runtime == 200us);
    CHECK(shorter->deadlineBudget->deadline == 500us);
    CHECK(shorter->deadlineBudget->period == 1ms);
    CHECK_THAT(errorOf(Properties{{"DeadlineRuntime", 200us}, {"DeadlineDeadline", 2ms}, {"DeadlinePeriod", 1ms}}),
               Catch::Contains("DeadlineDeadline <= DeadlinePeriod"));
    CHECK_THAT(errorOf(Properties{{"DeadlineRuntime", 2ms}, {"DeadlinePeriod", 1ms}}),
               Catch::Contains("DeadlineRuntime <= DeadlineDeadline"));
    CHECK_THAT(errorOf(Properties{{"DeadlinePeriod", 1ms}}), Catch::Contains("DeadlineRuntime"));
    CHECK_THAT(errorOf(Properties{{"DeadlineRuntime", 1ms}, {"DeadlinePeriod", 2ms}, {"Cpus", "0"s}}), Catch::Contains("Cpus"));
}

TEST_CASE("RealtimeSettings: a property that makes no sense is named with what was expected", "[realtime]") {
    CHECK_THAT(errorOf(Properties{{"Realtime", "Perhaps"s}}),
               Catch::Contains("\"Realtime\" is \"Perhaps\"") && Catch::Contains("BestEffort"));
    CHECK_THAT(errorOf(Properties{{"Priority", 0}}), Catch::Contains("Priority is 0") && Catch::Contains("1 to 99"));
    CHECK_THAT(errorOf(Properties{{"Priority", 100}}), Catch::Contains("1 to 99"));
    CHECK_THAT(errorOf(Properties{{"Priority", "high"s}}), Catch::Contains("Priority"));
    for (char const *list : {"x", "1,", "3-2", "1;2", "1024", "-1", "1-", "99999999999999999999"}) {
        CHECK_THAT(errorOf(Properties{{"Cpus", std::string(list)}}), Catch::Contains("\"Cpus\" is \"" + std::string(list) + '"'));
    }
    CHECK_THAT(errorOf(Properties{{"Priorities", "1-3"s}}), Catch::Contains("Priorities"));
    CHECK_THAT(errorOf(Properties{{"Capacity", 0}}), Catch::Contains("Capacity"));
    CHECK_THAT(errorOf(Properties{{"EventBytes", 0}}), Catch::Contains("EventBytes"));
    CHECK_THAT(errorOf(Properties{{"Capacity", 1'000'000'000'000}}), Catch::Contains("Capacity times EventBytes"));
    CHECK_THAT(errorOf(Properties{{"Timers", 1'000'000'000}}), Catch::Contains("Timers is 1000000000"));
    CHECK_THAT(errorOf(Properties{{"Coroutines", 1'000'000'000}}), Catch::Contains("Coroutines is 1000000000"));
    CHECK_THAT(errorOf(Properties{{"Coroutines", "many"s}}), Catch::Contains("Coroutines"));
    CHECK_THAT(errorOf(Properties{{"MeasureLatency", "yes"s}}), Catch::Contains("MeasureLatency"));
    CHECK_THROWS_WITH(RealtimeQueue(RealtimeSettings{.priority = 0}), Catch::Contains("1 to 99"));
}

TEST_CASE("RtThrottling: says how long it holds threads back, and which delay that explains", "[realtime]") {
    RtThrottling const usual{.runtime = 950ms, .period = 1s};
    CHECK(usual.pause() == 50ms);
    CHECK(usual.explains(50ms));
    CHECK(usual.explains(30ms));
    CHECK_FALSE(usual.explains(5ms));
    CHECK_FALSE(usual.explains(500ms));
    CHECK_THAT(usual.toString(), Catch::Contains("950000 us of each 1000000 us") && Catch::Contains("50000 us"));

    RtThrottling const off{.runtime = {}, .period = 1s};
    CHECK(off.pause() == 0ms);
    CHECK_FALSE(off.explains(50ms));
    CHECK_THAT(off.toString(), Catch::Contains("off"));

    RtThrottling const all{.runtime = 1s, .period = 1s};
    CHECK_FALSE(all.explains(0ms));
}
