#pragma once

namespace Ichor::Detail {

class EventLoop;

/// While one of these lives, SIGINT and SIGTERM are for its loop: it is told of the first two, and the third ends the process, as it would
/// have done without us. Several loops at once are all told, and so is one that comes while others still end by what came before. With
/// the last one ends the counting, and what was installed before comes back.
///
/// Threads:   any; one loop has one at most
class QuitSignals {
public:
    explicit QuitSignals(EventLoop &loop);
    QuitSignals(QuitSignals const &) = delete;
    QuitSignals &operator=(QuitSignals const &) = delete;
    ~QuitSignals();

private:
    EventLoop &_loop;
};

} // namespace Ichor::Detail
