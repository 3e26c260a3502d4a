#pragma once

#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>
#include <vector>

/// A file that has, in its anonymous namespace, an event Tick and an interface IClock, as SameNamesTest.cpp has.
namespace SameNames {

/// A handler of its Tick.
void addListener(Ichor::DependencyManager &dm);
/// A provider of its IClock.
void addClock(Ichor::DependencyManager &dm);
/// Its Tick.
void push(Ichor::IEventQueue &queue, long number);

/// The numbers of the events that its handler was given.
[[nodiscard]] std::vector<long> const &heard() noexcept;

} // namespace SameNames
