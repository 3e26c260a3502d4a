#include <ichor/event_queues/IEventProcessor.h>

#include <ichor/base/Contract.h>

#include <string>

namespace Ichor {

void IEventProcessor::onForeignException(std::exception_ptr error) noexcept {
    try {
        std::rethrow_exception(error);
    } catch (std::exception const &exception) {
        contractViolation(std::string("a handler that runs on a queue without the processor knowing threw: ") + exception.what());
    } catch (...) {
        contractViolation("a handler that runs on a queue without the processor knowing threw");
    }
}

} // namespace Ichor
