#include <ichor/dependency_management/DependencyRegister.h>

#include <ichor/dependency_management/ServiceRecord.h>

namespace Ichor {

void DependencyRegister::add(InterfaceType const &type, DependencyFlags flags, Properties properties, Detail::Injection const &injection,
                             void *self) {
    _record.addSlot(type, flags, std::move(properties), injection, self);
}

} // namespace Ichor
