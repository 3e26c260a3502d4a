#pragma once

#include "InterfaceIndex.h"
#include "ServiceTable.h"
#include "WorkQueue.h"

namespace Ichor::Detail {

class ManagerLog;

/// Who waits for whom: makes the edges between the slots of dependents and the interfaces of providers, and takes them away. Each
/// function costs O(the edges that it makes or takes).
///
/// It calls users' code (addDependencyInstance and its like); whatever that asks of the manager is only noted and done later, so the
/// lists that are walked here do not change under it, but for those that registration appends to.
///
/// Threads: the manager's own
class DependencyResolver final {
public:
    DependencyResolver(ServiceTable &table, WorkQueue &work, ManagerLog &log) noexcept : _table(table), _work(work), _log(log) {}
    DependencyResolver(DependencyResolver const &) = delete;
    DependencyResolver &operator=(DependencyResolver const &) = delete;

    /// Looks up what a new service names. Errors: std::bad_alloc, then nothing has changed
    void prepare(ServiceRecord &record, InterfaceIndex &index);
    /// Makes its interfaces and requests known.
    void join(ServiceRecord &record) noexcept;
    void leave(ServiceRecord &record) noexcept;

    /// From here on the service takes providers: those that are there at once, others as they come.
    void open(ServiceRecord &dependent);
    /// It takes no further ones.
    void close(ServiceRecord &dependent) noexcept;
    /// Takes all its providers away from a service that has stopped.
    void release(ServiceRecord &dependent) noexcept;

    /// Injects a provider wherever it is wanted, and keeps it on offer.
    void offer(ServiceRecord &provider);
    /// No longer on offer. Dependents that can live without it lose it at once; those that cannot are marked to stop and enqueued.
    void withdraw(ServiceRecord &provider) noexcept;

private:
    void offerPrivately(ProvidedInterface &provided);
    void takeAvailable(DependencySlot &slot);
    void wakeIfSatisfied(ServiceRecord &dependent) noexcept;
    bool bind(DependencySlot &slot, ProvidedInterface &provided) noexcept;
    void connect(DependencyEdge &edge, DependencySlot &slot, ProvidedInterface &provided, void *object) noexcept;
    void unbind(DependencyEdge &edge) noexcept;
    void markGoing(DependencyEdge &edge) noexcept;
    void drop(DependencyEdge &edge) noexcept;
    void injectionFailed(DependencySlot &slot, ProvidedInterface &provided, char const *step) noexcept;

    ServiceTable &_table;
    WorkQueue &_work;
    ManagerLog &_log;
};

} // namespace Ichor::Detail
