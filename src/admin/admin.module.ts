import { Module } from '@nestjs/common';
import { AuthModule } from '../auth/auth.module.js';
import { CalendarModule } from '../calendar/calendar.module.js';
import { EventsModule } from '../events/events.module.js';
import { UsersModule } from '../users/users.module.js';
import { AccountsRepository } from './accounts.repository.js';
import { AccountsService } from './accounts.service.js';
import { AdminContentController } from './admin-content.controller.js';
import { AdminController } from './admin.controller.js';
import { FiguresRepository } from './figures.repository.js';
import { FiguresService } from './figures.service.js';
import { RedactionService } from './redaction.service.js';

@Module({
  imports: [AuthModule, CalendarModule, EventsModule, UsersModule],
  controllers: [AdminController, AdminContentController],
  providers: [AccountsRepository, AccountsService, FiguresRepository, FiguresService, RedactionService],
  exports: [AccountsService, RedactionService],
})
export class AdminModule {}
