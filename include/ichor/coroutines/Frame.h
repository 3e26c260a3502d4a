#pragma once

#include <ichor/base/IntrusiveList.h>

#include <coroutine>

namespace Ichor::Detail {

class PromiseBase;
class GeneratorPromiseBase;

/// A generator in the list of those that a call chain consumes.
struct GeneratorLink {
    ListHook hook;
};

/// A coroutine of ours that exists.
struct Frame {
    std::coroutine_handle<> handle;
    PromiseBase *promise = nullptr;
};

/// The awaiter of a coroutine that waits for another one.
struct Caller {
    Frame frame;               // who waits
    bool isCalleeGone = false; // the one that it waits for was destroyed before its end: the await throws Cancelled
};

} // namespace Ichor::Detail
