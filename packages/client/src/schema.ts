// Generated from the API description by `pnpm --filter @messaging/client generate`.

export interface paths {
    "/api/conversations": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Recent conversations, or those that match a search
         * @description One row for each contact that has a message, newest last message first. `searchValue` is trimmed; empty means no search. It is found in names, phone numbers (as typed, or by digits alone) and in the whole history of messages; `match` says where. `from` and `to` are of the last message. Give `page`, or `cursor` to go on where the page before ended: a walk by cursor shows no row twice while messages arrive. A page past the end is empty. Needs the scope `read`.
         */
        get: operations["listConversations"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All contacts
         * @description By id; with `externalId` the one that has it. Give `page`, or `cursor` to go on where the page before ended: a walk by cursor shows no row twice while messages arrive. A page past the end is empty. Needs the scope `read`.
         */
        get: operations["listContacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{contactId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One contact
         * @description With the time of its newest message. Needs the scope `read`.
         */
        get: operations["getContact"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/contacts/{contactId}/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * The messages of a contact
         * @description Newest first. `around` opens the page that holds a message; 404 where the contact has none of that id. A page may be hundreds of MiB: it is sent as fast as you read it. A message that is deleted meanwhile is left out. Give `page`, or `cursor` to go on where the page before ended: a walk by cursor shows no row twice while messages arrive. A page past the end is empty. Needs the scope `read`.
         */
        get: operations["listMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All messages, or those that match a search
         * @description Newest first. `searchValue` is found in the content; the filters can be combined. `total` may be a lower bound. Give `page`, or `cursor` to go on where the page before ended: a walk by cursor shows no row twice while messages arrive. A page past the end is empty. Needs the scope `read`.
         */
        get: operations["listAllMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/messages/{messageId}": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * One message
         * @description With its whole content. Needs the scope `read`.
         */
        get: operations["getMessage"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/changes": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Which conversations have changed
         * @description The conversations that differ from what a reader with this cursor has seen, each once, as they are now: read what you show of them. Read a list and go on from its `Changes-Cursor`; then nothing is missed, whatever is committed meanwhile and whoever restarts. A change can come twice. With `Accept: text/event-stream` it is a stream: `event: change`, with a cursor as its `id` and a change as its `data`; a `heartbeat` with the cursor every 10 s; `reset` and the end where the cursor is not known any more. `Last-Event-ID` wins over `after`. Needs the scope `read`.
         */
        get: operations["listChanges"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All contacts as lines of JSON
         * @description In the order of their ids, as `import-contacts` reads them. A contact without an `externalId` has `contact-<id>`. As of one moment, however long it takes. It is sent as fast as you read it; who reads nothing for five minutes is cut off. `after` goes on after an id. Needs the scope `read`.
         */
        get: operations["exportContacts"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/export/messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * All messages, or those of a contact, as lines of JSON
         * @description In the order of their ids, as `import-messages` reads them. As of one moment, however long it takes. It is sent as fast as you read it; who reads nothing for five minutes is cut off. `after` goes on after an id. Needs the scope `read`.
         */
        get: operations["exportMessages"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/send-message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store a message
         * @description The content is kept as it is sent. It is a message to the contact, unless `direction` says otherwise. Needs the scope `write`.
         */
        post: operations["sendMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/receive-message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store a message from the contact
         * @description Like `send-message`, inbound. Needs the scope `write`.
         */
        post: operations["receiveMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/create-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create a contact
         * @description Names and phone numbers need not be unique. An `externalId` that another contact has is refused (409). Needs the scope `write`.
         */
        post: operations["createContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/update-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Change the name, the phone number or the external id of a contact
         * @description What is not given stays as it is. An `externalId` that another contact has is refused (409); null takes it away. Needs the scope `write`.
         */
        post: operations["updateContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/upsert-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create the contact with an external id, or change it
         * @description Sent again it changes nothing. `outcome` says which it was. Needs the scope `write`.
         */
        post: operations["upsertContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/delete-message": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete a message
         * @description The conversation shows the message before it, and is gone from the list without one. Needs the scope `write`.
         */
        post: operations["deleteMessage"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/delete-contact": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Delete a contact with its messages
         * @description For good. Needs the scope `write`.
         */
        post: operations["deleteContact"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/import-messages": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Store any number of messages
         * @description A JSON object a line, read and stored as it comes, thousands of lines at a time; the body can be of any length. Lines that are wrong, have an unknown field or name an unknown contact (by `contactId` or `contactExternalId`) are rejected and reported with their number; blank lines are passed over. Without a body nothing is imported. An import that breaks off keeps what it stored. Sent again with its `Idempotency-Key` it goes on where it stopped; with a `clientMessageId` in each line it can be sent again without one. `Content-Encoding` is not supported. Needs the scope `write`.
         */
        post: operations["importMessages"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/api/commands/import-contacts": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        get?: never;
        put?: never;
        /**
         * Create and change any number of contacts
         * @description As `import-messages`. A line with an `externalId` that a contact has changes that contact, so the same lines can be sent again; a line without one always creates a contact. `createdAt` is kept. Needs the scope `write`.
         */
        post: operations["importContacts"];
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/livez": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether the process is alive
         * @description Asks nothing else: restart the process when it does not answer.
         */
        get: operations["getLiveness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/readyz": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * Whether requests can be served
         * @description Asks the database. 503 while it cannot be reached, lacks migrations, or the process is closing.
         */
        get: operations["getReadiness"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/metrics": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * What the process counts, for Prometheus
         * @description In Prometheus' text format, also while the database is away. It tells nothing of contacts or messages. Needs the scope `read`.
         */
        get: operations["getMetrics"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
    "/openapi.json": {
        parameters: {
            query?: never;
            header?: never;
            path?: never;
            cookie?: never;
        };
        /**
         * This document
         * @description Made from the schemas that validate the requests. `/docs` shows it to people.
         */
        get: operations["getOpenApi"];
        put?: never;
        post?: never;
        delete?: never;
        options?: never;
        head?: never;
        patch?: never;
        trace?: never;
    };
}
export type webhooks = Record<string, never>;
export interface components {
    schemas: {
        ConversationsPage: {
            conversations: components["schemas"]["Conversation"][];
            pagination: components["schemas"]["Pagination"];
        };
        Conversation: {
            contactId: number;
            name: string;
            phoneNumber: string;
            lastMessage: {
                id: number;
                /** @description The first 280 characters */
                preview: string;
                /** @description `inbound`: from the contact; `outbound`: to the contact; null where it is not known */
                direction: ("inbound" | "outbound") | null;
                /**
                 * Format: date-time
                 * @description ISO 8601 in UTC with microseconds
                 */
                createdAt: string;
            };
            /** @description null without a search */
            match: components["schemas"]["Match"] | null;
        };
        Match: {
            /** @enum {string} */
            field: "name" | "phoneNumber" | "message";
            /** @description The part of the field around the first match */
            snippet: string;
            /** @description UTF-16 offsets [start, end) into `snippet` */
            ranges: [
                number,
                number
            ][];
            /** @description The newest matching message where `field` is `message` */
            messageId: number | null;
        };
        ContactsPage: {
            contacts: components["schemas"]["Contact"][];
            pagination: components["schemas"]["Pagination"];
        };
        Contact: {
            id: number;
            /** @description What another system calls it */
            externalId: string | null;
            name: string;
            phoneNumber: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            updatedAt: string;
        };
        ContactDetail: {
            id: number;
            /** @description What another system calls it */
            externalId: string | null;
            name: string;
            phoneNumber: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            createdAt: string;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            updatedAt: string;
            /** @description null without messages */
            lastMessageAt: string | null;
        };
        MessagesPage: {
            messages: components["schemas"]["Message"][];
            pagination: components["schemas"]["Pagination"];
        };
        Message: {
            id: number;
            contactId: number;
            content: string;
            /** @description `inbound`: from the contact; `outbound`: to the contact; null where it is not known */
            direction: ("inbound" | "outbound") | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            createdAt: string;
        };
        MessageDetail: {
            id: number;
            contactId: number;
            content: string;
            /** @description `inbound`: from the contact; `outbound`: to the contact; null where it is not known */
            direction: ("inbound" | "outbound") | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            createdAt: string;
            /** @description What the client that imported it calls it */
            clientMessageId: string | null;
        };
        ListedMessagesPage: {
            messages: components["schemas"]["ListedMessage"][];
            pagination: components["schemas"]["Pagination"];
        };
        ListedMessage: {
            id: number;
            contactId: number;
            /** @description `inbound`: from the contact; `outbound`: to the contact; null where it is not known */
            direction: ("inbound" | "outbound") | null;
            /**
             * Format: date-time
             * @description ISO 8601 in UTC with microseconds
             */
            createdAt: string;
            contactName: string;
            /** @description The first 280 characters */
            preview: string;
            /** @description null without a search */
            match: components["schemas"]["Match"] | null;
        };
        Pagination: {
            /** @description null where a cursor was used */
            page: number | null;
            pageSize: number;
            /** @description Rows in the whole list; a lower bound unless `totalIsExact` */
            total: number;
            totalPages: number;
            totalIsExact: boolean;
            hasMore: boolean;
            /** @description null on the last page */
            nextCursor: string | null;
        };
        ChangesAnswer: {
            /** @description Each conversation once, as it is now */
            changes: components["schemas"]["Change"][];
            /** @description What has been seen then: `after` of the next request */
            cursor: string;
        };
        Change: {
            contactId: number;
            /**
             * @description `deleted`: it is not on the list any more
             * @enum {string}
             */
            kind: "changed" | "deleted";
            /** @description Its newest message; null where it is deleted */
            lastMessageId: number | null;
        };
        SendMessageAnswer: {
            message: components["schemas"]["Message"];
        };
        ContactAnswer: {
            contact: components["schemas"]["Contact"];
        };
        UpsertContactAnswer: {
            contact: components["schemas"]["Contact"];
            /** @enum {string} */
            outcome: "created" | "updated" | "unchanged";
        };
        ImportAnswer: {
            imported: number;
            duplicates: number;
            rejected: number;
            errors: {
                /** @description From 1 */
                line: number;
                message: string;
            }[];
        };
        ImportContactsAnswer: {
            created: number;
            updated: number;
            unchanged: number;
            rejected: number;
            errors: {
                /** @description From 1 */
                line: number;
                message: string;
            }[];
        };
        Health: {
            /** @constant */
            status: "ok";
        };
        Problem: {
            /** @description A URN made of the code */
            type: string;
            /** @description The phrase of the status */
            title: string;
            status: number;
            /**
             * @description Stable, for programs
             * @enum {string}
             */
            code: "invalid_input" | "unauthorized" | "forbidden" | "not_found" | "method_not_allowed" | "request_timeout" | "conflict" | "cursor_expired" | "payload_too_large" | "uri_too_long" | "unsupported_media_type" | "idempotency_mismatch" | "rate_limited" | "headers_too_large" | "internal_error" | "unavailable";
            /** @description For people: what is wrong and what to do */
            detail: string;
            /** @description As in `X-Request-Id`; the logs have it too */
            requestId: string;
            /** @description Every problem at once, where the input was wrong */
            errors?: {
                /** @description The parameter, header or dotted field of the body; empty for the whole */
                path: string;
                message: string;
            }[];
        };
        SendMessage: {
            contactId: number;
            /** @description 1 character to 1 MiB of UTF-8, stored as sent */
            content: string;
            /**
             * Format: date-time
             * @description When it was written; now where omitted
             */
            createdAt?: string;
            /**
             * @description Who wrote it; `outbound` where omitted
             * @enum {string}
             */
            direction?: "inbound" | "outbound";
        };
        /** @description A message from the contact */
        ReceiveMessage: {
            contactId: number;
            /** @description 1 character to 1 MiB of UTF-8, stored as sent */
            content: string;
            /**
             * Format: date-time
             * @description When it was written; now where omitted
             */
            createdAt?: string;
        };
        CreateContact: {
            /** @description 1 to 200 characters, not all of them blank */
            name: string;
            /** @description Digits, letters, spaces and `+ - ( ) . , / # * ;` in any order, with at least one digit; spaces and dashes of any kind. Stored as sent, without marks of direction */
            phoneNumber: string;
            /** @description What another system calls the contact; unique, case counts */
            externalId?: string;
        };
        /** @description Give `name`, `phoneNumber`, `externalId` or several */
        UpdateContact: {
            contactId: number;
            /** @description 1 to 200 characters, not all of them blank */
            name?: string;
            /** @description Digits, letters, spaces and `+ - ( ) . , / # * ;` in any order, with at least one digit; spaces and dashes of any kind. Stored as sent, without marks of direction */
            phoneNumber?: string;
            /** @description null takes it away */
            externalId?: string | null;
        };
        /** @description Creates the contact with this `externalId`, or changes it */
        UpsertContact: {
            /** @description What another system calls the contact; unique, case counts */
            externalId: string;
            /** @description 1 to 200 characters, not all of them blank */
            name: string;
            /** @description Digits, letters, spaces and `+ - ( ) . , / # * ;` in any order, with at least one digit; spaces and dashes of any kind. Stored as sent, without marks of direction */
            phoneNumber: string;
        };
        DeleteMessage: {
            messageId: number;
        };
        /** @description Deletes its messages too */
        DeleteContact: {
            contactId: number;
        };
        /** @description One JSON object a line, with `contactId` or `contactExternalId` */
        ImportedMessage: {
            /** @description The contact; or give `contactExternalId` */
            contactId?: number;
            /** @description What another system calls the contact; unique, case counts */
            contactExternalId?: string;
            /** @description 1 character to 1 MiB of UTF-8, stored as sent */
            content: string;
            /**
             * Format: date-time
             * @description When it was written; now where omitted
             */
            createdAt?: string;
            /**
             * @description Who wrote it; not known where omitted
             * @enum {string}
             */
            direction?: "inbound" | "outbound";
            /** @description The client's own name for it, unique for the contact: a line with a known one is a duplicate */
            clientMessageId?: string;
        } & (unknown | unknown);
        /** @description One JSON object a line. A known `externalId` changes its contact, without one a contact is created */
        ImportedContact: {
            /** @description What another system calls the contact; unique, case counts */
            externalId?: string;
            /** @description 1 to 200 characters, not all of them blank */
            name: string;
            /** @description Digits, letters, spaces and `+ - ( ) . , / # * ;` in any order, with at least one digit; spaces and dashes of any kind. Stored as sent, without marks of direction */
            phoneNumber: string;
            /**
             * Format: date-time
             * @description When it was created; now where omitted
             */
            createdAt?: string;
        };
    };
    responses: {
        /** @description A parameter, header, cursor or body is wrong, or the request is malformed. `errors` lists what was found. */
        InvalidInput: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:invalid_input",
                 *       "title": "Bad Request",
                 *       "status": 400,
                 *       "code": "invalid_input",
                 *       "detail": "page: must be a whole number from 1",
                 *       "requestId": "checkout-7f3a",
                 *       "errors": [
                 *         {
                 *           "path": "page",
                 *           "message": "must be a whole number from 1"
                 *         }
                 *       ]
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 400;
                    /** @constant */
                    code: "invalid_input";
                };
            };
        };
        /** @description No key was sent, or one that is not known. */
        Unauthorized: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "WWW-Authenticate": components["headers"]["WWW-Authenticate"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:unauthorized",
                 *       "title": "Unauthorized",
                 *       "status": 401,
                 *       "code": "unauthorized",
                 *       "detail": "No key was sent, or one that is not known.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 401;
                    /** @constant */
                    code: "unauthorized";
                };
            };
        };
        /** @description The key lacks the scope of this operation; or, without keys, the request was sent to a name that is not of this machine. */
        Forbidden: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:forbidden",
                 *       "title": "Forbidden",
                 *       "status": 403,
                 *       "code": "forbidden",
                 *       "detail": "The key lacks the scope of this operation; or, without keys, the request was sent to a name that is not of this machine.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 403;
                    /** @constant */
                    code: "forbidden";
                };
            };
        };
        /** @description The contact, the message or the path does not exist. */
        NotFound: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:not_found",
                 *       "title": "Not Found",
                 *       "status": 404,
                 *       "code": "not_found",
                 *       "detail": "The contact, the message or the path does not exist.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 404;
                    /** @constant */
                    code: "not_found";
                };
            };
        };
        /** @description The path has other methods: `Allow` names them. */
        MethodNotAllowed: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                Allow: components["headers"]["Allow"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:method_not_allowed",
                 *       "title": "Method Not Allowed",
                 *       "status": 405,
                 *       "code": "method_not_allowed",
                 *       "detail": "The path has other methods: `Allow` names them.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 405;
                    /** @constant */
                    code: "method_not_allowed";
                };
            };
        };
        /** @description The request took too long to arrive. */
        RequestTimeout: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:request_timeout",
                 *       "title": "Request Timeout",
                 *       "status": 408,
                 *       "code": "request_timeout",
                 *       "detail": "The request took too long to arrive.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 408;
                    /** @constant */
                    code: "request_timeout";
                };
            };
        };
        /** @description A request with this `Idempotency-Key` is in progress: ask again shortly. Or another contact has the `externalId`. */
        Conflict: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                /**
                 * @description Seconds after which the key may be free; absent where waiting does not help
                 * @example 15
                 */
                "Retry-After"?: number;
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:conflict",
                 *       "title": "Conflict",
                 *       "status": 409,
                 *       "code": "conflict",
                 *       "detail": "A request with this `Idempotency-Key` is in progress: ask again shortly. Or another contact has the `externalId`.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 409;
                    /** @constant */
                    code: "conflict";
                };
            };
        };
        /** @description The cursor is older than what is kept, or of another database: read the list again. */
        CursorExpired: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:cursor_expired",
                 *       "title": "Gone",
                 *       "status": 410,
                 *       "code": "cursor_expired",
                 *       "detail": "The cursor is older than what is kept, or of another database: read the list again.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 410;
                    /** @constant */
                    code: "cursor_expired";
                };
            };
        };
        /** @description The content or the body is larger than the operation accepts. */
        PayloadTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:payload_too_large",
                 *       "title": "Payload Too Large",
                 *       "status": 413,
                 *       "code": "payload_too_large",
                 *       "detail": "The content or the body is larger than the operation accepts.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 413;
                    /** @constant */
                    code: "payload_too_large";
                };
            };
        };
        /** @description The URL is too long. */
        UriTooLong: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:uri_too_long",
                 *       "title": "URI Too Long",
                 *       "status": 414,
                 *       "code": "uri_too_long",
                 *       "detail": "The URL is too long.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 414;
                    /** @constant */
                    code: "uri_too_long";
                };
            };
        };
        /** @description The body is of another media type, charset or content encoding than the operation reads. */
        UnsupportedMediaType: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:unsupported_media_type",
                 *       "title": "Unsupported Media Type",
                 *       "status": 415,
                 *       "code": "unsupported_media_type",
                 *       "detail": "The body is of another media type, charset or content encoding than the operation reads.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 415;
                    /** @constant */
                    code: "unsupported_media_type";
                };
            };
        };
        /** @description This `Idempotency-Key` was used for another request in the last 24 hours. */
        IdempotencyMismatch: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:idempotency_mismatch",
                 *       "title": "Unprocessable Entity",
                 *       "status": 422,
                 *       "code": "idempotency_mismatch",
                 *       "detail": "This `Idempotency-Key` was used for another request in the last 24 hours.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 422;
                    /** @constant */
                    code: "idempotency_mismatch";
                };
            };
        };
        /** @description Too many requests in a minute. Try again after `Retry-After`. */
        RateLimited: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                RateLimit: components["headers"]["RateLimit"];
                "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:rate_limited",
                 *       "title": "Too Many Requests",
                 *       "status": 429,
                 *       "code": "rate_limited",
                 *       "detail": "Too many requests in a minute. Try again after `Retry-After`.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 429;
                    /** @constant */
                    code: "rate_limited";
                };
            };
        };
        /** @description The headers are too large. */
        HeadersTooLarge: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:headers_too_large",
                 *       "title": "Request Header Fields Too Large",
                 *       "status": 431,
                 *       "code": "headers_too_large",
                 *       "detail": "The headers are too large.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 431;
                    /** @constant */
                    code: "headers_too_large";
                };
            };
        };
        /** @description A bug of the service. Report it with the `requestId`. */
        InternalError: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:internal_error",
                 *       "title": "Internal Server Error",
                 *       "status": 500,
                 *       "code": "internal_error",
                 *       "detail": "A bug of the service. Report it with the `requestId`.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 500;
                    /** @constant */
                    code: "internal_error";
                };
            };
        };
        /** @description The database cannot be reached, or the service is closing or has no memory left for the body. Try again after `Retry-After`. */
        Unavailable: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                "Retry-After": components["headers"]["Retry-After"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:unavailable",
                 *       "title": "Service Unavailable",
                 *       "status": 503,
                 *       "code": "unavailable",
                 *       "detail": "The database cannot be reached, or the service is closing or has no memory left for the body. Try again after `Retry-After`.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"] & {
                    /** @constant */
                    status: 503;
                    /** @constant */
                    code: "unavailable";
                };
            };
        };
        /** @description Refused before any operation saw it: HTTP that cannot be read (400), another method (405, with `Allow`), a body that takes too long (408), a URL (414) or headers (431) that are too long */
        Refused: {
            headers: {
                "X-Request-Id": components["headers"]["X-Request-Id"];
                [name: string]: unknown;
            };
            content: {
                /**
                 * @example {
                 *       "type": "urn:messaging-backend:problem:uri_too_long",
                 *       "title": "URI Too Long",
                 *       "status": 414,
                 *       "code": "uri_too_long",
                 *       "detail": "The URL is too long.",
                 *       "requestId": "checkout-7f3a"
                 *     }
                 */
                "application/problem+json": components["schemas"]["Problem"];
            };
        };
    };
    parameters: {
        /**
         * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
         * @example checkout-7f3a
         */
        RequestId: string;
        /**
         * @description The id of the last event of a stream: what a browser sends when it connects again
         * @example kV3xTq0_WyI3NTI5Il0
         */
        LastEventId: string;
        /**
         * @description Sent again within 24 hours, the same key with the same body gets the first answer again
         * @example 5f3a9c1e
         */
        IdempotencyKey: string;
    };
    requestBodies: never;
    headers: {
        /**
         * @description The id of the request, yours if it was sane
         * @example checkout-7f3a
         */
        "X-Request-Id": string;
        /**
         * @description When the materialized view was last refreshed; absent before the first time. The answer itself is fresh.
         * @example 2026-01-31T09:30:00.000000Z
         */
        "View-Refreshed-At": string;
        /**
         * @description Conversations that differ from the materialized view; they are merged into the answer
         * @example 3
         */
        "View-Pending-Changes": number;
        /**
         * @description How far behind the primary the replica was that answered; absent where the primary answered
         * @example 12
         */
        "Replica-Lag-Ms": number;
        /**
         * @description From where `/api/changes` goes on after what this page shows; absent where a replica answered
         * @example kV3xTq0_WyI3NTI5Il0
         */
        "Changes-Cursor": string;
        /**
         * @description `true` where this is the answer that an earlier request with the same key had
         * @example true
         */
        "Idempotency-Replayed": "true";
        /**
         * @description Seconds to wait before trying again
         * @example 1
         */
        "Retry-After": number;
        /**
         * @description The methods of the path
         * @example GET, HEAD, OPTIONS
         */
        Allow: string;
        /**
         * @description How to send a key
         * @example Bearer
         */
        "WWW-Authenticate": string;
        /**
         * @description What is left of the limit, where one is set
         * @example "reads"; r=599; t=60
         */
        RateLimit: string;
        /**
         * @description The limit, where one is set
         * @example "reads"; q=600; w=60
         */
        "RateLimit-Policy": string;
        /**
         * @description Changes with the document
         * @example "3q2-7w"
         */
        ETag: string;
        /**
         * @description How long it may be kept
         * @example no-cache
         */
        "Cache-Control": string;
    };
    pathItems: never;
}
export type $defs = Record<string, never>;
export interface operations {
    listConversations: {
        parameters: {
            query?: {
                /** @description Page number, from 1 */
                page?: number;
                /** @description Rows a page */
                pageSize?: number;
                /** @description `pagination.nextCursor` of the page before; excludes `page` */
                cursor?: string;
                /** @description Not before this time */
                from?: string;
                /** @description Before this time */
                to?: string;
                /**
                 * @description Finds contacts by name, phone number or the content of any message; case and accents do not count
                 * @example jose
                 */
                searchValue?: string;
            };
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of conversations */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "View-Refreshed-At": components["headers"]["View-Refreshed-At"];
                    "View-Pending-Changes": components["headers"]["View-Pending-Changes"];
                    "Changes-Cursor": components["headers"]["Changes-Cursor"];
                    "Replica-Lag-Ms": components["headers"]["Replica-Lag-Ms"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ConversationsPage"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    listContacts: {
        parameters: {
            query?: {
                /** @description Page number, from 1 */
                page?: number;
                /** @description Rows a page */
                pageSize?: number;
                /** @description `pagination.nextCursor` of the page before; excludes `page` */
                cursor?: string;
                /** @description Finds the one contact that has it */
                externalId?: string;
            };
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of contacts */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Changes-Cursor": components["headers"]["Changes-Cursor"];
                    "Replica-Lag-Ms": components["headers"]["Replica-Lag-Ms"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactsPage"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    getContact: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The contact
                 * @example 7
                 */
                contactId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contact */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Replica-Lag-Ms": components["headers"]["Replica-Lag-Ms"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactDetail"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    listMessages: {
        parameters: {
            query?: {
                /** @description Page number, from 1 */
                page?: number;
                /** @description Rows a page */
                pageSize?: number;
                /** @description `pagination.nextCursor` of the page before; excludes `page` */
                cursor?: string;
                /** @description Not before this time */
                from?: string;
                /** @description Before this time */
                to?: string;
                /** @description Opens the page that holds this message; excludes `page`, `cursor`, `from` and `to` */
                around?: number;
            };
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The contact
                 * @example 7
                 */
                contactId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Changes-Cursor": components["headers"]["Changes-Cursor"];
                    "Replica-Lag-Ms": components["headers"]["Replica-Lag-Ms"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessagesPage"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    listAllMessages: {
        parameters: {
            query?: {
                /** @description Page number, from 1 */
                page?: number;
                /** @description Rows a page */
                pageSize?: number;
                /** @description `pagination.nextCursor` of the page before; excludes `page` */
                cursor?: string;
                /** @description Not before this time */
                from?: string;
                /** @description Before this time */
                to?: string;
                /**
                 * @description Finds messages by their content; case and accents do not count
                 * @example jose
                 */
                searchValue?: string;
                /**
                 * @description Only of this contact
                 * @example 7
                 */
                contactId?: number;
                /** @description Only from the contacts, or only to them */
                direction?: "inbound" | "outbound";
            };
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description A page of messages */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Changes-Cursor": components["headers"]["Changes-Cursor"];
                    "Replica-Lag-Ms": components["headers"]["Replica-Lag-Ms"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ListedMessagesPage"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    getMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path: {
                /**
                 * @description The message
                 * @example 42
                 */
                messageId: number;
            };
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The message */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Replica-Lag-Ms": components["headers"]["Replica-Lag-Ms"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["MessageDetail"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    listChanges: {
        parameters: {
            query?: {
                /** @description What the reader has seen: `Changes-Cursor` of a list, or the last `cursor`. Without it the answer has no changes, and the present cursor */
                after?: string;
                /** @description How many seconds to wait for a change if there is none; a stream waits for as long as it is read */
                wait?: number;
                /**
                 * @description Only the conversation of this contact
                 * @example 7
                 */
                contactId?: number;
            };
            header?: {
                /**
                 * @description The id of the last event of a stream: what a browser sends when it connects again
                 * @example kV3xTq0_WyI3NTI5Il0
                 */
                "Last-Event-ID"?: components["parameters"]["LastEventId"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The changes */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ChangesAnswer"];
                    /**
                     * @example retry: 1250
                     *
                     *     event: heartbeat
                     *     id: kV3xTq0_WyI3NTI5Il0
                     *     data: {"cursor":"kV3xTq0_WyI3NTI5Il0"}
                     *
                     *     event: change
                     *     id: 2mQ9sLw7WyI3NTMxIl0
                     *     data: {"contactId":7,"kind":"changed","lastMessageId":4711}
                     */
                    "text/event-stream": string;
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            410: components["responses"]["CursorExpired"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    exportContacts: {
        parameters: {
            query?: {
                /** @description Goes on after this id: that of the last line that you have, as `GET /api/contacts?externalId=` or `GET /api/messages` tell it */
                after?: number;
            };
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The contacts */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {"externalId":"crm-7","name":"José García","phoneNumber":"+34 610 28 63 86","createdAt":"2026-01-31T09:30:00.000000Z"}
                     *     {"externalId":"contact-8","name":"Ada Lovelace","phoneNumber":"+44 20 7946 0958","createdAt":"2026-01-31T09:30:00.000000Z"}
                     */
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    exportMessages: {
        parameters: {
            query?: {
                /** @description Goes on after this id: that of the last line that you have, as `GET /api/contacts?externalId=` or `GET /api/messages` tell it */
                after?: number;
                /**
                 * @description Only of this contact
                 * @example 7
                 */
                contactId?: number;
            };
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The messages */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    /** @example {"contactExternalId":"crm-7","content":"Nos vemos mañana.","direction":"outbound","createdAt":"2026-02-01T08:00:00.123456Z"} */
                    "application/x-ndjson": string;
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    sendMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "contactId": 7,
                 *       "content": "Nos vemos mañana."
                 *     }
                 */
                "application/json": components["schemas"]["SendMessage"];
            };
        };
        responses: {
            /** @description It is stored */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    receiveMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "contactId": 7,
                 *       "content": "¡Hasta mañana!"
                 *     }
                 */
                "application/json": components["schemas"]["ReceiveMessage"];
            };
        };
        responses: {
            /** @description It is stored */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["SendMessageAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    createContact: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "name": "José García",
                 *       "phoneNumber": "+34 610 28 63 86",
                 *       "externalId": "crm-7"
                 *     }
                 */
                "application/json": components["schemas"]["CreateContact"];
            };
        };
        responses: {
            /** @description It is created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    updateContact: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "contactId": 7,
                 *       "phoneNumber": "+34 610 28 63 87"
                 *     }
                 */
                "application/json": components["schemas"]["UpdateContact"];
            };
        };
        responses: {
            /** @description It is changed */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ContactAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    upsertContact: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "externalId": "crm-7",
                 *       "name": "José García",
                 *       "phoneNumber": "+34 610 28 63 86"
                 *     }
                 */
                "application/json": components["schemas"]["UpsertContact"];
            };
        };
        responses: {
            /** @description It was there */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpsertContactAnswer"];
                };
            };
            /** @description It is created */
            201: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["UpsertContactAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    deleteMessage: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "messageId": 42
                 *     }
                 */
                "application/json": components["schemas"]["DeleteMessage"];
            };
        };
        responses: {
            /** @description It is deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    deleteContact: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody: {
            content: {
                /**
                 * @example {
                 *       "contactId": 7
                 *     }
                 */
                "application/json": components["schemas"]["DeleteContact"];
            };
        };
        responses: {
            /** @description It is deleted */
            204: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            404: components["responses"]["NotFound"];
            409: components["responses"]["Conflict"];
            413: components["responses"]["PayloadTooLarge"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    importMessages: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {"contactExternalId":"crm-7","content":"From the old system","direction":"inbound","createdAt":"2019-05-05T09:00:00Z","clientMessageId":"old-1"}
                 *     {"contactId":7,"content":"And another","clientMessageId":"old-2"}
                 */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description The whole body was read */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    importContacts: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Sent again within 24 hours, the same key with the same body gets the first answer again
                 * @example 5f3a9c1e
                 */
                "Idempotency-Key"?: components["parameters"]["IdempotencyKey"];
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: {
            content: {
                /**
                 * @example {"externalId":"crm-7","name":"José García","phoneNumber":"+34 610 28 63 86","createdAt":"2019-05-05T09:00:00Z"}
                 *     {"externalId":"crm-8","name":"Ada Lovelace","phoneNumber":"+44 20 7946 0958"}
                 */
                "application/x-ndjson": string;
            };
        };
        responses: {
            /** @description The whole body was read */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    "Idempotency-Replayed": components["headers"]["Idempotency-Replayed"];
                    RateLimit: components["headers"]["RateLimit"];
                    "RateLimit-Policy": components["headers"]["RateLimit-Policy"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["ImportContactsAnswer"];
                };
            };
            400: components["responses"]["InvalidInput"];
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            409: components["responses"]["Conflict"];
            415: components["responses"]["UnsupportedMediaType"];
            422: components["responses"]["IdempotencyMismatch"];
            429: components["responses"]["RateLimited"];
            500: components["responses"]["InternalError"];
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    getLiveness: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is alive */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            default: components["responses"]["Refused"];
        };
    };
    getReadiness: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description It is ready */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    "application/json": components["schemas"]["Health"];
                };
            };
            503: components["responses"]["Unavailable"];
            default: components["responses"]["Refused"];
        };
    };
    getMetrics: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The metrics of this process */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example # HELP messaging_database_up 1 when the database answered
                     *     # TYPE messaging_database_up gauge
                     *     messaging_database_up 1
                     */
                    "text/plain": string;
                };
            };
            401: components["responses"]["Unauthorized"];
            403: components["responses"]["Forbidden"];
            429: components["responses"]["RateLimited"];
            default: components["responses"]["Refused"];
        };
    };
    getOpenApi: {
        parameters: {
            query?: never;
            header?: {
                /**
                 * @description Your own id for the request, for logs and answers: 1 to 128 letters, digits or any of `_ . : / + = @ -`. Any other is replaced.
                 * @example checkout-7f3a
                 */
                "X-Request-Id"?: components["parameters"]["RequestId"];
            };
            path?: never;
            cookie?: never;
        };
        requestBody?: never;
        responses: {
            /** @description The document */
            200: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content: {
                    /**
                     * @example {
                     *       "openapi": "3.1.1"
                     *     }
                     */
                    "application/json": Record<string, never>;
                };
            };
            /** @description It is still the one that `If-None-Match` names */
            304: {
                headers: {
                    "X-Request-Id": components["headers"]["X-Request-Id"];
                    ETag: components["headers"]["ETag"];
                    "Cache-Control": components["headers"]["Cache-Control"];
                    [name: string]: unknown;
                };
                content?: never;
            };
            403: components["responses"]["Forbidden"];
            default: components["responses"]["Refused"];
        };
    };
}
