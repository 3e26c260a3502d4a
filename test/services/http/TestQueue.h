// The kind of queue that the HTTP suite runs on. It is built once for each kind.
#pragma once

#if ICHOR_TEST_ON_IO_URING

#include <ichor/event_queues/IOUringQueue.h>

namespace Ichor::Testing {
using TestQueue = IOUringQueue;
}

#elif ICHOR_TEST_ON_ASIO

#include <ichor/event_queues/BoostAsioQueue.h>

namespace Ichor::Testing {
using TestQueue = BoostAsioQueue;
}

#else

#include <ichor/event_queues/PriorityQueue.h>

namespace Ichor::Testing {
using TestQueue = PriorityQueue;
}

#endif
