// Everything the pages do beyond htmx. Each module stands for one behaviour, listens on the document,
// and keeps nothing the server does not have: a page without this file still works.
import "./combobox.js";
import "./asks.js";
import "./finder.js";
import "./autosave.js";
import "./presence.js";
import "./snippets.js";
import "./leaving.js";
import "./lock.js";
import "./stay.js";
import "./card.js";
import "./beside.js";
import "./schedule.js";
import "./flow.js";
import "./keys.js";
import "./problems.js";
import "./scanner.js";
import "./reader.js";
import "./files.js";
import "./twice.js";
import "./unsent.js";
import "./breeds.js";
import "./weights.js";
import "./pay.js";
import "./toast.js";
import "./live.js";
