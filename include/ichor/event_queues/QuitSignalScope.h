#pragma once

namespace Ichor {

/// While one of these lives, SIGINT and SIGTERM are kept for the queues that start with CaptureSigInt: also one that starts after the
/// signal came quits by it. For a program of several threads, where a signal may come when some of them have not begun:
///
///     QuitSignalScope const signals;
///     for (…) threads.emplace_back([] { PriorityQueue queue; …; queue.start(CaptureSigInt); });
///
/// Queues alone keep signals in this way from when the first of them starts until the last of them has ended. The third signal ends the
/// process, as it would have done without us.
///
/// Threads:   any
class QuitSignalScope {
public:
    QuitSignalScope();
    QuitSignalScope(QuitSignalScope const &) = delete;
    QuitSignalScope &operator=(QuitSignalScope const &) = delete;
    ~QuitSignalScope();
};

} // namespace Ichor
