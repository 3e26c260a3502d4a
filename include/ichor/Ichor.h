#pragma once

// The door for files that define services, events and programs. Queues and modules have headers of their own.
#include <ichor/coroutines/AsyncAutoResetEvent.h>
#include <ichor/coroutines/AsyncGenerator.h>
#include <ichor/coroutines/AsyncManualResetEvent.h>
#include <ichor/coroutines/AsyncSingleThreadedMutex.h>
#include <ichor/coroutines/Sleep.h>
#include <ichor/coroutines/Task.h>
#include <ichor/coroutines/WhenAll.h>
#include <ichor/coroutines/WithTimeout.h>
#include <ichor/coroutines/YieldNow.h>
#include <ichor/dependency_management/AdvancedService.h>
#include <ichor/dependency_management/CommunicationChannel.h>
#include <ichor/dependency_management/DependencyManager.h>
#include <ichor/event_queues/IEventQueue.h>
#include <ichor/events/Event.h>
#include <ichor/logging/IFrameworkLogger.h>
#include <ichor/logging/ILogger.h>
